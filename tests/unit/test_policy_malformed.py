"""Malformed policy files: where every mistake is reported, and how."""

import pytest
from policy_kit import HEAD, refused


def place(error):
    return error.fields["line"], error.fields["column"]


RULES = HEAD + "rules:\n"
RULE = RULES + "  - id: a\n    allow: [x]\n"

TESTS = HEAD + "tests:\n  - {operation: a:B"
FREEZE = HEAD + "freeze:\n  - {from: 2026-01-01T00:00Z, "
MALFORMED = [
    # The text of the file.
    (b"", 1, 1, "the file is empty"),
    (b"# only a comment\n", 1, 1, "the file is empty"),
    (b"---\n", 2, 1, "the file is empty"),
    (b"~\n", 1, 1, "the file is empty"),
    (b"version: 1\nx: \xff\n", 2, 4, "not UTF-8: byte 0xff"),
    (b"\xff\xfev\x00", 1, 1, "not UTF-8: byte 0xff"),
    ("version: 1\n# ä\n# é\n".encode() + b"# \xe9\n", 4, 3, "not UTF-8: byte 0xe9"),
    (b"version: 1\n\x00", 2, 1, "invisible or control character U+0000"),
    (b"version: 1 # a\rtargets: x\n", 1, 15, "character U+000D"),
    ("version: 1\n# a\u2028targets: 1\n", 2, 4, "character U+2028"),
    ("version: 1\n# a\u0085targets: 1\n", 2, 4, "character U+0085"),
    ("version: 1\n# \u202e1 :noisrev\n", 2, 3, "character U+202E"),
    ("version: 1\n# \u200b\n", 2, 3, "character U+200B"),
    (b"#" * (256 * 1024 + 1), 1, 1, "larger than 256 KiB"),
    # YAML.
    (b"version: [1\n", 2, 1, "not valid YAML"),
    (b"version: 1\n\tx: 1\n", 2, 1, "not valid YAML"),
    (b"version: 1\n x: 1\n", 2, 3, "not valid YAML"),
    (b'version: "1\n', 2, 1, "not valid YAML"),
    (b"version: 1\nx: `a`\n", 2, 4, "not valid YAML"),
    (b"version: 1\n---\nversion: 1\n", 2, 1, "a second YAML document"),
    (b"%YAML 1.1\n---\nversion: 1\n", 1, 1, "YAML directives are not allowed"),
    (b"%TAG ! x:\n---\nversion: 1\n", 1, 1, "YAML directives are not allowed"),
    (b"- version\n", 1, 1, "the top level must be a mapping"),
    (b"version\n", 1, 1, "the top level must be a mapping"),
    (b"version: 1\nversion: 1\n", 2, 1, "key `version` is given twice"),
    (b'version: 1\n"version": 1\n', 2, 1, "key `version` is given twice"),
    (b"version: &v 1\n", 1, 10, "YAML anchors are not allowed"),
    (b"version: 1\ntargets: &t\n  a: b\n", 2, 10, "YAML anchors are not allowed"),
    (b"version: *v\n", 1, 10, "YAML aliases are not allowed"),
    (b"version: 1\n<<: {a: b}\n", 2, 1, "YAML merge keys are not allowed"),
    (b"version: !!int 1\n", 1, 10, "YAML tags are not allowed"),
    (b"version: !x 1\n", 1, 10, "YAML tags are not allowed"),
    (b"version: ! 1\n", 1, 10, "YAML tags are not allowed"),
    (b"version: 1\n? [a]\n: b\n", 2, 3, "a key must be plain text"),
    (b"a: " + b"[" * 17 + b"]" * 17, 1, 19, "nested deeper than 16 levels"),
    (b"a: " + b"[" * 5000, 1, 19, "nested deeper than 16 levels"),
    # The top level.
    (b"{}\n", 1, 1, "the policy has no `version`"),
    (b"version: 1\n", 1, 1, "the policy has no `targets`"),
    (HEAD + "rulez: []\n", 6, 1, "unknown key `rulez` at the top level"),
    (HEAD + "tests: []\n", 6, 8, "`tests` is empty"),
    (TESTS + "}\n", 7, 5, "`tests[0]` has no `expect`"),
    (TESTS + ", expect: Deny}\n", 7, 30, "cannot be `Deny`"),
    (TESTS + ", expect: deny, by: rules.x}\n", 7, 40, "nothing is called `rules.x`"),
    (TESTS + ", expect: deny, target: x}\n", 7, 44, "`x` is not a target"),
    (TESTS + ", expect: deny, region: x}\n", 7, 44, "`x` is not an AWS region"),
    (TESTS + ", expect: deny, arguments: [x]}\n", 7, 47, "must be a mapping"),
    (TESTS + ", expect: deny, arguments: {1: x}}\n", 7, 48, "is no text"),
    (TESTS + ", expect: deny, arguments: {A: yes}}\n", 7, 51, "cannot be `yes`"),
    (TESTS + ", expect: deny, arguments: {A: 0x1}}\n", 7, 51, "cannot be `0x1`"),
    (TESTS + ", expect: deny, arguments: {A: 2026-01-01}}\n", 7, 51, "cannot be"),
    (TESTS + ", expect: deny, arguments: {A: 1.0e+9}}\n", 7, 51, "cannot be"),
    (TESTS + ", expect: deny, at: soon}\n", 7, 40, "not a time in UTC"),
    (TESTS + ", expect: deny, was: x}\n", 7, 36, "unknown key `was` in `tests[0]`"),
    (HEAD + "yes: 1\n", 6, 1, "unknown key `yes` at the top level"),
    (HEAD + '"a\\nb`": 1\n', 6, 1, "unknown key `a\\u{a}b\\u{60}`"),
    # version
    (HEAD.replace("1\n", "2\n", 1), 1, 10, "policy version 2 is not known"),
    (HEAD.replace("1\n", "0\n", 1), 1, 10, "policy version 0 is not known"),
    (HEAD.replace("1\n", '"1"\n', 1), 1, 10, "whole number, not the text `1`"),
    (HEAD.replace("1\n", "1.0\n", 1), 1, 10, "whole number, not `1.0`"),
    (HEAD.replace("1\n", "01\n", 1), 1, 10, "whole number, not `01`"),
    (HEAD.replace("1\n", "0x1\n", 1), 1, 10, "whole number, not `0x1`"),
    (HEAD.replace("1\n", "true\n", 1), 1, 10, "whole number, not `true`"),
    (HEAD.replace("1\n", "\n", 1), 1, 9, "whole number, not nothing"),
    (HEAD.replace("1\n", "[1]\n", 1), 1, 10, "whole number, not a list"),
    (HEAD.replace("1\n", "9" * 5000 + "\n", 1), 1, 10, "from 0 to 1000000"),
    # targets
    ("version: 1\ntargets:\n", 2, 9, "`targets` must be a mapping, not nothing"),
    ("version: 1\ntargets: {}\n", 2, 10, "`targets` is empty"),
    ("version: 1\ntargets: [dev]\n", 2, 10, "`targets` must be a mapping, not a list"),
    ("version: 1\ntargets: {dev: x}\n", 2, 16, "must be a mapping, not a string"),
    ("version: 1\ntargets: {yes: {}}\n", 2, 11, "`yes` is a boolean in YAML"),
    ("version: 1\ntargets: {1: {}}\n", 2, 11, "`1` is a number in YAML"),
    ("version: 1\ntargets: {a b: {}}\n", 2, 11, "a target's name` cannot be `a b`"),
    ("version: 1\ntargets: {-a: {}}\n", 2, 11, "a target's name` cannot be `-a`"),
    ("version: 1\ntargets: {dev: {}}\n", 2, 16, "`targets.dev` has no `account`"),
    (HEAD.replace('"', ""), 4, 14, "`111111111111` is a number in YAML"),
    (HEAD.replace('"111111111111"', "089999999999"), 4, 14, "is a number in YAML"),
    (HEAD.replace("111111111111", "11111111111"), 4, 14, "must be twelve digits"),
    (HEAD.replace("111111111111", "1111 1111111"), 4, 14, "must be twelve digits"),
    (HEAD.replace("111111111111", "\uff11" * 12), 4, 14, "must be twelve digits"),
    (HEAD.replace('"111111111111"', "[]"), 4, 14, "must be a string, not a list"),
    (HEAD.replace("[eu-west-1]", "eu-west-1"), 5, 14, "must be a list, not a string"),
    (HEAD.replace("[eu-west-1]", "[]"), 5, 14, "`targets.dev.regions` is empty"),
    (HEAD.replace("[eu-west-1]", "[eu-west-11]"), 5, 15, "is not an AWS region"),
    (HEAD.replace("[eu-west-1]", "[aws-global]"), 5, 15, "is not an AWS region"),
    (HEAD.replace("[eu-west-1]", "[EU-WEST-1]"), 5, 15, "is not an AWS region"),
    (HEAD.replace("[eu-west-1]", '["eu-west-1\\n"]'), 5, 15, "holds a line end"),
    (HEAD.replace("[eu-west-1]", "[eu-west-1, eu-west-1]"), 5, 26, "given twice"),
    (HEAD.replace("[eu-west-1]", "[eu-west-1, cn-north-1]"), 5, 26, "in partition"),
    (HEAD + "    default: yes\n", 6, 14, "must be `true` or `false`, not `yes`"),
    (HEAD + "    default: 'true'\n", 6, 14, "`true` or `false`, not a string"),
    (HEAD + "    region: x\n", 6, 5, "unknown key `region` in `targets.dev`"),
    (HEAD + "    role_arn: arn:aws:iam::222222222222:role/x\n", 6, 15, "not a role of"),
    (HEAD + "    role_arn: arn:aws:iam::111111111111:user/x\n", 6, 15, "not a role of"),
    (HEAD + "    source_identity: true\n", 6, 22, "without a `role_arn`"),
    (HEAD + "    session_policy: true\n", 6, 21, "without a `role_arn`"),
    (HEAD + "    role_arn: arn:aws:iam::111111111111:role/\n", 6, 15, "not a role of"),
    (HEAD + "    role_arn: arn:aws-cn:iam::111111111111:role/x\n", 6, 15, "not a role"),
    (
        HEAD + "    role_arn: arn:aws:iam::111111111111:role/a b\n",
        6,
        15,
        "not a role of",
    ),
    (
        HEAD + "    default: true\n  b:\n    account: '222222222222'\n"
        "    regions: [us-east-1]\n    default: true\n",
        7,
        3,
        "targets `dev` and `b` are both the default",
    ),
    # risks
    (HEAD + "risks: {}\n", 6, 8, "`risks` is empty"),
    (HEAD + "risks:\n", 6, 7, "`risks` must be a mapping, not nothing"),
    (HEAD + "risks: {reed: allow}\n", 6, 9, "unknown key `reed` in `risks`"),
    (HEAD + "risks:\n  read: Allow\n", 7, 9, "`risks.read` cannot be `Allow`"),
    (HEAD + "risks:\n  read: no\n", 7, 9, "`no` is a boolean in YAML"),
    (HEAD + "risks:\n  read:\n", 7, 8, "`risks.read` must be a string: empty"),
    (HEAD + "risks:\n  read: ''\n", 7, 9, "`risks.read` is empty"),
    # rules
    (HEAD + "rules: []\n", 6, 8, "`rules` is empty"),
    (HEAD + "rules: {a: b}\n", 6, 8, "`rules` must be a list, not a mapping"),
    (RULES + "  - a\n", 7, 5, "`rules[0]` must be a mapping, not a string"),
    (RULES + "  - allow: [x]\n", 7, 5, "`rules[0]` has no `id`"),
    (RULES + "  - id: a\n", 7, 5, "exactly one of `allow`, `approve` and `deny`"),
    (RULE + "    deny: [y]\n", 7, 5, "exactly one of `allow`, `approve` and `deny`"),
    (RULE + "    alow: [y]\n", 9, 5, "unknown key `alow` in `rules[0]`"),
    (RULE + "    principals: [y]\n", 9, 5, "unknown key `principals`"),
    (RULE + "  - id: a\n    deny: [y]\n", 9, 9, "rule id `a` is given twice"),
    (RULES + "  - id: a.b\n    allow: [x]\n", 7, 9, "`rules[0].id` cannot be `a.b`"),
    (RULES + "  - id: " + "a" * 65 + "\n", 7, 9, "longer than 64 characters"),
    (RULES + "  - id: 7\n", 7, 9, "`7` is a number in YAML"),
    (RULES + "  - id: a\n    allow: x\n", 8, 12, "must be a list, not a string"),
    (RULES + "  - id: a\n    allow: []\n", 8, 12, "`rules[0].allow` is empty"),
    (RULES + "  - id: a\n    allow: [x, x]\n", 8, 16, "`x` is given twice"),
    (RULES + "  - id: a\n    allow: [true]\n", 8, 13, "`true` is a boolean in YAML"),
    (RULES + "  - id: a\n    allow: [null]\n", 8, 13, "`null` is nothing in YAML"),
    (RULES + "  - id: a\n    allow: [x, '(']\n", 8, 16, "`rules[0].allow[1]`"),
    (RULES + "  - id: a\n    allow: ['a)|(b']\n", 8, 13, "unexpected )"),
    (RULES + "  - id: a\n    allow: ['(?i)a']\n", 8, 13, "flags cannot be changed"),
    (RULES + f"  - id: a\n    allow: [{'x' * 1001}]\n", 8, 13, "longer than 1000"),
    (RULE + "    why: 5\n", 9, 10, "`5` is a number in YAML"),
    (RULE + "    why: 2026-01-01\n", 9, 10, "is a date in YAML"),
    (RULE + "    why: |\n      a\n      b\n", 9, 10, "holds a line end"),
    (RULE + '    why: "\\e[31m"\n', 9, 10, "invisible character"),
    (RULE + "    when: {}\n", 9, 11, "`rules[0].when` is empty"),
    (RULE + "    when: [a]\n", 9, 11, "`rules[0].when` must be a mapping"),
    (RULE + "    when: {target: [dev]}\n", 9, 12, "unknown key `target`"),
    (RULE + "    when: {targets: [prod]}\n", 9, 22, "`prod` is not a target"),
    (RULE + "    when: {targets: []}\n", 9, 21, "`rules[0].when.targets` is empty"),
    (RULE + "    when: {regions: [mars-1]}\n", 9, 22, "is not an AWS region"),
    (RULE + "    when: {regions: [us-east-1]}\n", 9, 22, "no target has the region"),
    (RULE + "    when: {arguments: {}}\n", 9, 23, "when.arguments` is empty"),
    (RULE + "    when: {arguments: {A: '['}}\n", 9, 27, "is not a usable pattern"),
    (RULE + "    when: {arguments: {A: 1}}\n", 9, 27, "`1` is a number in YAML"),
    (RULE + "    when: {arguments: {A: [b]}}\n", 9, 27, "a string, not a list"),
    (RULE + "    when: {arguments: {A..B: b}}\n", 9, 24, "not a dotted path"),
    (RULE + "    when: {arguments: {'A[]': b}}\n", 9, 24, "not a dotted path"),
    (RULE + "    when: {arguments: {on: b}}\n", 9, 24, "`on` is a boolean in YAML"),
    # required_tags
    (HEAD + "required_tags: {}\n", 6, 16, "must be a list, not a mapping"),
    (HEAD + "required_tags:\n  - tags: {A: b}\n", 7, 5, "has no `operations`"),
    (HEAD + "required_tags:\n  - operations: [x]\n", 7, 5, "has no `tags`"),
    (HEAD + "required_tags:\n  - operations: [x]\n    tags: {}\n", 8, 11, "is empty"),
    (HEAD + "required_tags:\n  - {operations: ['(']}\n", 7, 5, "has no `tags`"),
    (HEAD + "required_tags:\n  - {tags: {A: b}, operations: ['(']}\n", 7, 33, "usable"),
    (
        HEAD + "required_tags:\n  - {operations: [x], tags: {A: yes}}\n",
        7,
        33,
        "boolean",
    ),
    (HEAD + "required_tags:\n  - {operations: [x], tags: {No: b}}\n", 7, 30, "boolean"),
    (HEAD + "required_tags:\n  - {operations: [x], tags: {A: '*'}}\n", 7, 33, "usable"),
    (HEAD + "required_tags:\n  - {operations: [x], tag: {A: b}}\n", 7, 23, "unknown"),
    (
        HEAD + "required_tags:\n"
        "  - {id: a, operations: [x], tags: {A: b}}\n"
        "  - {id: a, operations: [x], tags: {A: b}}\n",
        8,
        10,
        "required_tags id `a` is given twice",
    ),
    (
        HEAD + "required_tags:\n  - {operations: [x], tags: {A: b}, untagged: allow}\n",
        7,
        47,
        "untagged` cannot be `allow`",
    ),
    # limits
    (HEAD + "limits: {}\n", 6, 9, "`limits` is empty"),
    (HEAD + "limits: []\n", 6, 9, "must be a mapping, not a list"),
    (HEAD + "limits: {plans: 1}\n", 6, 10, "unknown key `plans` in `limits`"),
    (HEAD + "limits: {plans_per_hour: 0}\n", 6, 26, "from 1 to 100000"),
    (HEAD + "limits: {plans_per_hour: '1'}\n", 6, 26, "not the text `1`"),
    (HEAD + "limits: {steps_per_plan: 21}\n", 6, 26, "from 1 to 20"),
    (HEAD + "limits: {applies_per_hour: 3}\n", 6, 28, "must be a mapping"),
    (HEAD + "limits: {applies_per_hour: {}}\n", 6, 28, "applies_per_hour` is empty"),
    (HEAD + "limits: {applies_per_hour: {reads: 1}}\n", 6, 29, "unknown key `reads`"),
    # blind
    (HEAD + "blind: {}\n", 6, 8, "`blind` is empty"),
    (HEAD + "blind: {read: allow}\n", 6, 9, "unknown key `read`"),
    (HEAD + "blind: {write: maybe}\n", 6, 16, "`blind.write`"),
    # preflight
    (HEAD + "preflight: {}\n", 6, 12, "`preflight` is empty"),
    (HEAD + "preflight: {dryrun: true}\n", 6, 13, "unknown key `dryrun`"),
    (HEAD + "preflight: {dry_run: 'true'}\n", 6, 22, "`preflight.dry_run`"),
    # freeze
    (HEAD + "freeze: {}\n", 6, 9, "must be a list, not a mapping"),
    (
        FREEZE
        + "until: 2026-01-02T00:00Z, risks: [write], id: a}\n"
        + FREEZE.removeprefix(HEAD + "freeze:\n")
        + "until: 2026-01-03T00:00Z, risks: [write], id: a}\n",
        8,
        5,
        "freeze id `a` is given twice",
    ),
    (FREEZE + "until: 2026-01-02T00:00Z}\n", 7, 5, "`freeze[0]` has no `risks`"),
    (
        FREEZE + "until: 2026-01-01T00:00Z, risks: [read]}\n",
        7,
        38,
        "`freeze[0].until` is not later than `freeze[0].from`",
    ),
    (FREEZE + "until: 2026-01-02, risks: [read]}\n", 7, 38, "not a time in UTC"),
    (FREEZE + "until: 2026-01-02T00:00, risks: [read]}\n", 7, 38, "not a time in"),
    (FREEZE + "until: 2026-02-30T00:00Z, risks: [read]}\n", 7, 38, "not a time in"),
    (FREEZE + "until: 5, risks: [read]}\n", 7, 38, "is a number in YAML"),
    (FREEZE + "until: 2026-01-02T00:00Z, risks: []}\n", 7, 64, "risks` is empty"),
    (FREEZE + "until: 2026-01-02T00:00Z, risks: [x]}\n", 7, 65, "cannot be `x`"),
    (
        FREEZE + "until: 2026-01-02T00:00Z, risks: [read], targets: [x]}\n",
        7,
        82,
        "`x` is not a target",
    ),
    # when
    (RULE + "    permits: []\n", 9, 14, "`rules[0].permits` is empty"),
    (RULE + "    permits: [x]\n", 9, 15, "cannot be `x`"),
    (RULE.replace("allow", "deny") + "    permits: [read]\n", 9, 14, "`permits`"),
    (RULE + "    when: {payload: [x]}\n", 9, 22, "payload` cannot be `x`"),
    (RULE + "    when: {tags: {}}\n", 9, 18, "when.tags` is empty"),
    (RULE + "    when: {tags: {A: '['}}\n", 9, 22, "is not a usable pattern"),
    (RULE + "    when: {principals: []}\n", 9, 24, "when.principals` is empty"),
    (RULE + "    when: {principals: ['(']}\n", 9, 25, "is not a usable pattern"),
    (RULE + "    when: {principal: [a]}\n", 9, 12, "unknown key `principal`"),
    # approvals
    (HEAD + "approvals: {}\n", 6, 12, "`approvals` is empty"),
    (HEAD + "approvals: {writes: {count: 1}}\n", 6, 13, "unknown key `writes`"),
    (HEAD + "approvals: {write: {}}\n", 6, 20, "`approvals.write` is empty"),
    (HEAD + "approvals: {write: 1}\n", 6, 20, "must be a mapping, not a number"),
    (HEAD + "approvals: {write: {count: 0}}\n", 6, 28, "from 1 to 10"),
    (HEAD + "approvals: {write: {count: 11}}\n", 6, 28, "from 1 to 10"),
    (HEAD + "approvals: {write: {count: -1}}\n", 6, 28, "whole number, not `-1`"),
    (HEAD + "approvals: {write: {count: 1.5}}\n", 6, 28, "whole number, not `1.5`"),
    (HEAD + "approvals: {write: {ttl: 15}}\n", 6, 26, "`15` is a number in YAML"),
    (HEAD + "approvals: {write: {ttl: 15s}}\n", 6, 26, "must be a duration"),
    (HEAD + "approvals: {write: {ttl: m}}\n", 6, 26, "must be a duration"),
    (HEAD + "approvals: {write: {ttl: 0m}}\n", 6, 26, "must be a duration"),
    (HEAD + "approvals: {write: {ttl: 1.5h}}\n", 6, 26, "must be a duration"),
    (HEAD + "approvals: {write: {ttl: 8d}}\n", 6, 26, "longer than 7 days"),
    (
        HEAD + "approvals: {write: {ttl: 99999999999999m}}\n",
        6,
        26,
        "longer than 7 days",
    ),
    (HEAD + "approvals: {write: {signatures: 1}}\n", 6, 21, "unknown key `signatures`"),
]


@pytest.mark.parametrize(("text", "line", "column", "message"), MALFORMED)
def test_a_malformed_file_is_refused_with_its_place(text, line, column, message):
    error = refused(text)
    assert message in error.message
    assert place(error) == (line, column)
    assert f"line {line} column {column}" in error.message


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        (HEAD + "rulez: []\n", "did you mean `rules`?"),
        (HEAD + "aprovals: {}\n", "did you mean `approvals`?"),
        (HEAD + "zzz: []\n", "known: version, targets, risks, rules"),
        (HEAD + "risks: {distructive: deny}\n", "did you mean `destructive`?"),
        (HEAD + "risks: {read: alow}\n", "did you mean `allow`?"),
        (RULE + "    when: {targets: [deV]}\n", "did you mean `dev`?"),
        (HEAD.replace("eu-west-1", "eu-wst-1"), "near: eu-west-1"),
        (HEAD.replace('"', ""), "put it in quotes"),
        (HEAD + "version: 1\n", "the first one is in line 1"),
        (HEAD.replace("1\n", "2\n", 1), "this release reads version 1"),
        (
            HEAD + "    role_arn: x\n",
            "must look like `arn:aws:iam::111111111111:role/NAME`",
        ),
    ],
)
def test_hints_name_the_next_step(text, hint):
    assert hint in (refused(text).hint or "")


def test_long_user_text_is_cut_in_messages():
    error = refused(HEAD + "x" * 500 + ": 1\n")
    assert len(error.message) < 200
