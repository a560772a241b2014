"""Operation names as words: the verb, the noun and their usual meaning.

Owns the word lists that the other knowledge modules judge names by. A verb counts only
as a whole word: ``IssueCertificate`` does not start with "Is".
"""

import re

_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z0-9]+|[A-Z]+[0-9]*|[0-9]+")


def word_set(text: str) -> frozenset[str]:
    """Return the words of a text that blanks separate."""
    return frozenset(text.split())


MODIFIERS = word_set("Admin Batch Bulk Force")
"""First words that stand before the verb (``BatchDeleteImage``)."""

READING = word_set(
    "Calculate Check Count Describe Download Estimate Fetch Filter Find Get Head Is "
    "List Lookup Preview Query Read Resolve Retrieve Scan Search Simulate Test Validate "
    "View"
)
"""Verbs that ask for something; necessary for a read, never sufficient."""

COMPUTING = word_set(
    "Analyze Autocomplete Classify Compare Contains Detect Discover Evaluate Export "
    "Forecast Geocode Infer Optimize Predict Probe Recognize Render Rescore Reverse "
    "Select Suggest Synthesize Translate"
)
"""Verbs that only compute an answer in some services and change things in others."""

REMOVING = word_set(
    "Abort Cancel Clear Delete Deprovision Deregister Destroy Discard Dispose Drop Empty "
    "Erase Evict Expire Expunge Flush Forget Kill Leave Prune Purge Release Remove Reset "
    "Revert Rollback Shutdown Terminate Truncate Unassign Undeploy Unregister "
    "Unsubscribe Wipe"
)
"""Verbs after which something is gone that the same API does not bring back."""

EXECUTING = word_set("Exec Execute Invoke Run")
"""Verbs that run what the caller hands over or points at."""

PERMITTING = word_set("Authorize Deauthorize Grant Revoke Share Unshare")
"""Verbs that decide who may do what."""

VENDING = word_set("Assume")
"""Verbs that hand out credentials and change nothing."""

CREATING = word_set(
    "Allocate Clone Copy Create Import Issue Provision Publish Purchase Register "
    "Request Restore Run Upload"
)
"""Verbs after which something new exists."""

UPDATING = word_set(
    "Add Assign Associate Attach Change Decrease Detach Disable Disassociate Edit "
    "Enable Extend Increase Modify Move Rename Replace Rotate Set Unset Update"
)
"""Verbs that change what exists."""

ACTING = word_set(
    "Accept Confirm Deactivate Activate Generate Pause Publish Reboot Reject Resume "
    "Send Start Stop Subscribe Switch Sync Tag Untag Write Put Post"
)
"""Other verbs that are known to do something."""

SETTING = word_set(
    "Add Allocate Change Claim Clone Configure Connect Copy Create Define Edit Enable "
    "Import Lock Modify Notify Open Provision Publish Purchase Put Register Replace "
    "Request Restore Rotate Run Save Schedule Set Start Switch Update Upgrade Upload"
)
"""Verbs after which the members of the request are the state.

After others (``Disassociate``, ``Stop``, ``Reject``) a member that the state shows
already may be just what is taken away.
"""

MAKING = word_set("Create Define Register Put")
"""Verbs of a create whose identifier names the new thing, not what it is made from."""

TYING = word_set("Associate Attach")
"""Verbs that tie two things that exist."""

UNTYING = word_set("Detach Disassociate")
"""Verbs that untie two things; both stay."""

STARTING = word_set("Resume Start")
"""Verbs after which something runs."""

STOPPING = word_set("Pause Stop Suspend")
"""Verbs after which it does not."""

PASSING = COMPUTING | word_set(
    "Decrypt Encrypt Evaluate Exchange Execute Explain Generate Introspect Invoke Meter "
    "Notify Poll Post Publish Record Re Refresh Report Respond Sample Send Sign Test Translate "
    "Validate Verify"
)
"""Verbs that send, run or compute: often nothing stays that a call could show."""

CHANGING = REMOVING | CREATING | UPDATING
"""Verbs that change something whatever an access level says."""

MUTATING = REMOVING | EXECUTING | PERMITTING | CREATING | UPDATING | ACTING
"""Every verb that is known to change something."""


def words_of(name: str) -> tuple[str, ...]:
    """Return the words of an operation or member name (``PutDBTags``: Put, DB, Tags)."""
    return tuple(_WORD.findall(name))


def verb_of(name: str) -> str:
    """Return the verb of an operation name, modifiers left out."""
    words = words_of(name)
    if len(words) > 1 and words[0] in MODIFIERS:
        return words[1]
    return words[0] if words else ""


def noun_of(name: str) -> str:
    """Return what follows the verb, as one text (``BucketVersioning``)."""
    words = words_of(name)
    skip = 2 if len(words) > 1 and words[0] in MODIFIERS else 1
    return "".join(words[skip:])


_ENDS_IN_S = re.compile(
    r"(?P<one>(?:^|[a-z0-9])(?:Alias|Analysis|Bus|Status))(?P<s>es)?$"
)
"""Nouns of AWS that are no plurals although they end so."""


def singular_of(noun: str) -> str:
    """Return a noun without its plural ending, as AWS forms plurals."""
    if match := _ENDS_IN_S.search(noun):
        return noun[: match.end("one")]
    if noun.endswith("ies"):
        return noun[:-3] + "y"
    if noun.endswith("sses"):
        return noun[:-2]
    return noun[:-1] if noun.endswith("s") and not noun.endswith("ss") else noun


def plurals_of(noun: str) -> tuple[str, ...]:
    """Return the plural forms of a noun that AWS may have chosen."""
    forms = [f"{noun}s", f"{noun}es"]
    if noun.endswith("y"):
        forms.append(f"{noun[:-1]}ies")
    return tuple(forms)


_JOINED = re.compile(
    r"(?<=[a-z0-9])(?<!Sign)(?<!Opt)(?<!Log)(?<!Point)(?<!Plug)(?<!Built)(?<!Check)"
    r"(By|For|From|In|Of|To|With)(?=[A-Z])"
)
"""Words between two things of a name, not those that are part of one (``OptIn``)."""


def head_of(noun: str) -> str:
    """Return the thing itself of a noun: ``TaskFromMaintenanceWindow`` → ``Task``."""
    return _JOINED.split(noun)[0]


_BARE = re.compile(
    r"(?<=[a-z0-9])(Configurations?|Configs?|Settings?|Attributes?|Status(es)?|Details?|Info"
    r"|Information|Descriptions?|Metadata|Propert(y|ies)|Summar(y|ies)|Options?"
    r"|Preferences?|Parameters?|State)$"
)


def bare_noun(noun: str) -> str:
    """Return what a noun is about, folded: ``FunctionConfiguration`` → ``function``."""
    shorter = singular_of(_BARE.sub("", noun))
    return (shorter or singular_of(noun)).casefold()


_JOINING = word_set("By For From In Of On To With")


def thing_words(noun: str) -> tuple[str, ...]:
    """Return the folded words of what a noun is about, up to the first ``For``."""
    found: list[str] = []
    for word in words_of(_BARE.sub("", noun) or noun):
        if word in _JOINING and found:
            break
        found.append(singular_of(word).casefold())
    return tuple(found)
