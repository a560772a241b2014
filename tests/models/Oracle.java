import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Scanner;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Answers what Java's engine says of patterns that ECMA cannot read.
 *
 * A line is a pattern and texts, each base64, separated by spaces. The answer is "x" for
 * a pattern that does not compile, else "j" and for each text 1, 0 or "?" (not in time).
 */
public class Oracle {
    static final int MAX_STEPS = 2_000_000;

    public static void main(String[] arguments) {
        Scanner lines = new Scanner(System.in, StandardCharsets.UTF_8);
        while (lines.hasNextLine()) {
            System.out.println(answer(lines.nextLine().split(" ", -1)));
            System.out.flush();
        }
    }

    static String answer(String[] parts) {
        Pattern pattern;
        try {
            pattern = Pattern.compile(decoded(parts[0]));
        } catch (PatternSyntaxException error) {
            return "x";
        }
        StringBuilder out = new StringBuilder("j");
        for (int at = 1; at < parts.length; at++) {
            out.append(verdict(pattern, decoded(parts[at])));
        }
        return out.toString();
    }

    static char verdict(Pattern pattern, String text) {
        try {
            return pattern.matcher(new Counted(text)).find() ? '1' : '0';
        } catch (OutOfSteps | StackOverflowError error) {
            return '?';
        }
    }

    static String decoded(String text) {
        return new String(Base64.getDecoder().decode(text), StandardCharsets.UTF_8);
    }

    static class OutOfSteps extends RuntimeException {}

    /** A text that can be looked at only so often: the engine itself has no limit. */
    static class Counted implements CharSequence {
        private final CharSequence text;
        private int steps = 0;

        Counted(CharSequence text) {
            this.text = text;
        }

        public char charAt(int index) {
            if (++steps > MAX_STEPS) {
                throw new OutOfSteps();
            }
            return text.charAt(index);
        }

        public int length() {
            return text.length();
        }

        public CharSequence subSequence(int start, int end) {
            return text.subSequence(start, end);
        }

        public String toString() {
            return text.toString();
        }
    }
}
