# The primes below 50, by the sieve of Eratosthenes.
sieve = (0..50).to_a
sieve[0] = sieve[1] = nil
sieve.each { |n| (n * n).step(50, n) { |multiple| sieve[multiple] = nil } if n && n * n <= 50 }
puts sieve.compact.join(' ')
