import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** FizzBuzz. The class that is started is called Main. */
public class Main {
    record Rule(int divisor, String word) {}

    public static void main(String[] args) {
        var rules = new Rule[] {new Rule(3, "Fizz"), new Rule(5, "Buzz")};
        System.out.println(IntStream.rangeClosed(1, 15).mapToObj(n -> {
            var text = new StringBuilder();
            for (var rule : rules) if (n % rule.divisor() == 0) text.append(rule.word());
            return text.isEmpty() ? String.valueOf(n) : text.toString();
        }).collect(Collectors.joining(" ")));
    }
}
