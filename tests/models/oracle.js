// Answers, one JSON line for one JSON line, what published patterns say of texts.
// {"pattern", "texts"} -> {"mode": "u" | "plain" | null, "verdicts": [true | false | null]}
// A verdict is null when the backtracking engine did not come back in time.
const readline = require("readline");
const vm = require("vm");

const LIMIT_MS = 250;
const box = vm.createContext({ pattern: null, text: "" });
const script = new vm.Script("pattern.test(text)");

function compile(source, flags) {
  try {
    return new RegExp(source, flags);
  } catch {
    return null;
  }
}

function verdict(text) {
  box.text = text;
  try {
    return script.runInContext(box, { timeout: LIMIT_MS });
  } catch {
    return null;
  }
}

readline.createInterface({ input: process.stdin }).on("line", (line) => {
  const { pattern, texts } = JSON.parse(line);
  const strict = compile(pattern, "u");
  // Without `u`, \p{..} would mean the letter p.
  const regex = strict ?? (/\\[pP]/.test(pattern) ? null : compile(pattern, ""));
  box.pattern = regex;
  const verdicts = regex === null ? [] : texts.map(verdict);
  const mode = strict ? "u" : regex ? "plain" : null;
  process.stdout.write(JSON.stringify({ mode, verdicts }) + "\n");
});
