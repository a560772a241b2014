"""Many threads and several processes on one store."""

import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

from smithgate.audit.verify import verify
from smithgate.errors import PlanConsumed
from smithgate.store import Store
from store_kit import Clock, claimed, draft, intend, planned, request, vote

THREADS = 32
CHILD = """
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from smithgate.errors import PlanConsumed
from smithgate.store import Store
from store_kit import Clock

store = Store.open(Path(sys.argv[1]), clock=Clock())
print("ready", flush=True)
plan_id = sys.stdin.readline().strip()

def claim(_n):
    try:
        return "won " + store.claim(plan_id, check=lambda view: None)
    except PlanConsumed as error:
        return "lost " + error.fields["tx_id"]

with ThreadPoolExecutor(8) as pool:
    print("\\n".join(pool.map(claim, range(8))), flush=True)
store.close()
"""


def child(code: str, folder: Path) -> "subprocess.Popen[str]":
    support = Path(__file__).parent.parent / "support"
    return subprocess.Popen(
        [sys.executable, "-c", code, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": str(support)},
    )


def test_of_32_threads_one_claims(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "s", clock=Clock())
    plan_id = planned(store)
    request(store, plan_id)
    vote(store, plan_id)
    start = Barrier(THREADS)

    def claim(_n: int) -> str:
        start.wait()
        try:
            return "won " + store.claim(plan_id, check=lambda _view: None)
        except PlanConsumed as error:
            return "lost " + str(error.fields["tx_id"])

    with ThreadPoolExecutor(THREADS) as pool:
        answers = Counter(pool.map(claim, range(THREADS)))
    tx = store.tx_of_plan(plan_id)
    assert tx is not None
    assert answers == {f"won {tx.id}": 1, f"lost {tx.id}": THREADS - 1}
    report = verify(store)
    assert report.ok, report.problems
    store.close()


def test_of_two_processes_one_claims(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "s", clock=Clock())
    plan_id = planned(store)
    children = [child(CHILD, store.folder) for _ in range(2)]
    for process in children:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in children:
        assert process.stdin is not None
        process.stdin.write(f"{plan_id}\n")
        process.stdin.flush()
    answers: Counter[str] = Counter()
    for process in children:
        answers.update(process.communicate(timeout=60)[0].split("\n")[:-1])
        assert process.returncode == 0
    tx = store.tx_of_plan(plan_id)
    assert tx is not None
    assert answers == {f"won {tx.id}": 1, f"lost {tx.id}": 15}
    report = verify(store)
    assert report.ok, report.problems
    store.close()


def test_many_processes_create_one_store(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from smithgate.store import Store;"
        "s = Store.open(Path(sys.argv[1])); s.begin('read', requester='x'); s.close()"
    )
    children = [child(code, tmp_path / "s") for _ in range(4)]
    for process in children:
        process.communicate(timeout=60)
        assert process.returncode == 0
    report = verify(tmp_path / "s")
    assert report.ok, report.problems
    assert (report.events, report.checked["tx"]) == (5, 4)


def test_one_attempt_at_a_step_in_a_race(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "s", clock=Clock())
    tx_id = claimed(store)
    start = Barrier(8)

    def send(_n: int) -> bool:
        start.wait()
        try:
            intend(store, tx_id)
        except PlanConsumed:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(send, range(8))) == 1
    assert len(store.tx(tx_id).ops) == 1
    store.close()


def test_the_chain_has_no_gap_under_writers_of_all_sorts(tmp_path: Path) -> None:
    stores = [Store.open(tmp_path / "s", clock=Clock()) for _ in range(2)]

    def work(n: int) -> None:
        store = stores[n % 2]
        draft(store)
        tx_id = store.begin("read", requester="x")
        artifact = store.artifacts.put({"n": n % 5}, kind="request")
        intend(store, tx_id, purpose="read", request_artifact=artifact)
        assert verify(store).ok

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(24)))
    report = verify(stores[0])
    assert report.ok, report.problems
    assert (report.checked["plan"], report.checked["op"]) == (24, 24)
    for store in stores:
        store.close()


LIMITED = """
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from smithgate.errors import LimitReached
from smithgate.plan.limits import check_plans
from smithgate.store import Store
from policy_kit import policy_of
from store_kit import Clock, draft

policy = policy_of(limits={"plans_per_hour": 10})
store = Store.open(Path(sys.argv[1]), clock=Clock())
print("ready", flush=True)
sys.stdin.readline()

def plan(_number):
    try:
        draft(store, check=lambda recent: check_plans(policy, recent))
    except LimitReached:
        return "refused"
    return "made"

with ThreadPoolExecutor(8) as pool:
    print("\\n".join(pool.map(plan, range(8))), flush=True)
store.close()
"""


def test_processes_together_get_past_no_limit(tmp_path: Path) -> None:
    Store.open(tmp_path / "s", clock=Clock()).close()
    children = [child(LIMITED, tmp_path / "s") for _ in range(3)]
    for process in children:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in children:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    answers = Counter(
        line for process in children for line in process.communicate()[0].split()
    )
    assert answers == {"made": 10, "refused": 14}
