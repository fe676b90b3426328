<?php
// The greatest common divisor, by Euclid's algorithm.
function gcd(int $a, int $b): int
{
    return $b === 0 ? $a : gcd($b, $a % $b);
}

foreach ([[48, 36], [1071, 462], [17, 5]] as [$a, $b]) {
    printf("gcd(%d, %d) = %d\n", $a, $b, gcd($a, $b));
}
