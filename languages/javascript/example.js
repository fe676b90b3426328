// The first Fibonacci numbers, by a generator.
function* fibonacci() {
  let [a, b] = [0n, 1n];
  while (true) {
    yield a;
    [a, b] = [b, a + b];
  }
}

let index = 0;
for (const number of fibonacci()) {
  console.log(`F(${index}) = ${number}`);
  if (++index > 15) break;
}
