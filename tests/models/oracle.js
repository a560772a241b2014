// Answers, one JSON line for one JSON line, what published patterns say of texts.
// {"pattern", "texts"} -> {"mode": "u" | "plain" | null, "verdicts": [true | false | null]}
// A verdict is null when the backtracking engine did not come back in time.
const readline = require("readline");
const vm = require("vm");

const LIMIT_MS = 50;
const PATIENCE = 3; // time-outs of one pattern, after which the rest is not asked
const box = vm.createContext({ pattern: null, text: "" });
const script = new vm.Script("pattern.test(text)");

function compile(source, flags) {
  try {
    return new RegExp(source, flags);
  } catch {
    return null;
  }
}

function judge(regex, texts) {
  let patience = PATIENCE;
  box.pattern = regex;
  return texts.map((text) => {
    if (patience === 0) return null;
    box.text = text;
    try {
      return script.runInContext(box, { timeout: LIMIT_MS });
    } catch {
      patience -= 1;
      return null;
    }
  });
}

readline.createInterface({ input: process.stdin }).on("line", (line) => {
  const { pattern, texts } = JSON.parse(line);
  const strict = compile(pattern, "u");
  // Without `u`, what only Java knows would mean the letter itself.
  const regex = strict ?? (/\\[pPAzZhQEGR]/.test(pattern) ? null : compile(pattern, ""));
  const verdicts = regex === null ? [] : judge(regex, texts);
  const mode = strict ? "u" : regex ? "plain" : null;
  process.stdout.write(JSON.stringify({ mode, verdicts }) + "\n");
});
