// The Collatz sequence: halve the even, triple the odd and add one.
fn collatz(start: u64) -> impl Iterator<Item = u64> {
    std::iter::successors(Some(start), |&n| match n {
        1 => None,
        n if n % 2 == 0 => Some(n / 2),
        n => Some(3 * n + 1),
    })
}

fn main() {
    for start in [6, 7, 27] {
        let steps: Vec<u64> = collatz(start).collect();
        println!("{start}: {} steps, highest {}", steps.len() - 1, steps.iter().max().unwrap());
    }
}
