import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from generated_tree import Tree, standard_tree
from smithgate.canonical import sha256_of
from smithgate.catalog import Catalog
from smithgate.errors import CatalogInvalid, UnknownOperation
from smithgate.operation import Change, Operation, Risk


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    tree = standard_tree(tmp_path)
    tree.write()
    return tree


@pytest.fixture
def catalog(tree: Tree) -> Catalog:
    return Catalog(tree.root)


def edit_index(tree: Tree, change) -> Catalog:
    file = tree.root / "index.json"
    index = json.loads(file.read_text())
    change(index)
    file.write_text(json.dumps(index))
    return Catalog(tree.root)


def test_nothing_is_read_before_the_first_question(tmp_path: Path) -> None:
    catalog = Catalog(tmp_path / "absent")
    with pytest.raises(CatalogInvalid, match=r"`index\.json` cannot be read"):
        catalog.entries()


def test_an_entry_says_what_the_index_says(catalog: Catalog) -> None:
    entry = catalog.entry("s3:PutBucketVersioning")
    assert (entry.service, entry.name) == ("s3", "PutBucketVersioning")
    assert (entry.risk, entry.change) == (Risk.WRITE, Change.PUT)
    assert entry.required == ("Bucket", "VersioningConfiguration")
    assert entry.tool == "s3_put_bucket_versioning"
    assert entry.summary == "Sets the versioning state of an existing bucket."


def test_entries_and_services_are_sorted(catalog: Catalog) -> None:
    ids = [entry.id for entry in catalog.entries()]
    assert ids == sorted(ids)
    names = [service.name for service in catalog.services()]
    assert names == sorted(names)
    assert catalog.source == {"kind": "test", "version": "1"}


def test_an_operation_is_loaded_once_from_its_module(
    catalog: Catalog, tree: Tree
) -> None:
    operation = catalog.operation("ec2:RunInstances")
    assert isinstance(operation, Operation)
    assert operation.idempotency_token == "ClientToken"
    assert catalog.operation("ec2:RunInstances") is operation
    assert not list(tree.root.rglob("__pycache__"))


def test_a_module_of_a_keyword_folder_loads(catalog: Catalog, tree: Tree) -> None:
    assert (tree.root / "lambda_" / "invoke.py").is_file()
    assert catalog.operation("lambda:Invoke").service == "lambda"


def test_schemas_are_the_files(catalog: Catalog, tree: Tree) -> None:
    file = tree.root / "s3/put_object.schema.json"
    assert catalog.input_schema("s3:PutObject") == json.loads(file.read_text())
    assert "StatusCode" in catalog.output_schema("lambda:Invoke")["properties"]


@pytest.mark.parametrize("kind", ["py", "schema.json", "output.json"])
def test_the_digest_covers_every_file(tree: Tree, kind: str) -> None:
    before = Catalog(tree.root).digest("s3:PutObject")
    assert before.startswith("sha256:")
    assert Catalog(tree.root).digest("s3:PutObject") == before
    assert Catalog(tree.root).digest("s3:CreateBucket") != before
    file = tree.root / f"s3/put_object.{kind}"
    file.write_text(file.read_text() + "\n")
    assert Catalog(tree.root).digest("s3:PutObject") != before


def test_what_was_loaded_stays_with_its_digest(catalog: Catalog, tree: Tree) -> None:
    digest = catalog.digest("s3:PutObject")
    (tree.root / "s3/put_object.schema.json").write_text("{}")
    assert catalog.digest("s3:PutObject") == digest
    assert catalog.input_schema("s3:PutObject")["required"] == ["Bucket", "Key"]


def test_threads_share_one_operation(catalog: Catalog) -> None:
    with ThreadPoolExecutor(8) as pool:
        jobs = [pool.submit(catalog.operation, "s3:PutObject") for _ in range(64)]
    assert len({id(job.result()) for job in jobs}) == 1


@pytest.mark.parametrize("version", [0, 2, "1", None, True, 1.5])
def test_an_unknown_format_version_is_refused(tree: Tree, version) -> None:
    catalog = edit_index(tree, lambda index: index.update(format_version=version))
    with pytest.raises(CatalogInvalid, match="format version") as caught:
        catalog.entries()
    assert caught.value.fields["file"] == "index.json"
    assert caught.value.code == "catalog_invalid"


def damage(key: str, value):
    def change(index) -> None:
        index["operations"]["s3:PutObject"][key] = value

    return change


@pytest.mark.parametrize(
    "change",
    [
        lambda index: index.pop("source"),
        lambda index: index.update(extra=1),
        lambda index: index.update(operations=[]),
        lambda index: index["operations"].update({"s3:Other": {}}),
        lambda index: index["operations"].update({"no-colon": {}}),
        lambda index: index["services"].pop("s3"),
        lambda index: index["services"]["s3"].update(aliases="s3api"),
        lambda index: index["services"]["s3"].update(title=1),
        damage("risk", "harmless"),
        damage("risk", ["read"]),
        damage("change", None),
        damage("method", "put object"),
        damage("module", "../s3/put_object.py"),
        damage("module", "/etc/put_object.py"),
        damage("schema", "s3/put_object.json"),
        damage("output_schema", "s3/put_object.schema.json"),
        damage("required", [1]),
        damage("deprecated", "no"),
        damage("summary", None),
        damage("tool", "s3_get_bucket_versioning"),
        damage("tool", "s3 put object"),
        damage("surprise", 1),
    ],
)
def test_an_edited_index_is_refused_as_a_whole(tree: Tree, change) -> None:
    catalog = edit_index(tree, change)
    with pytest.raises(CatalogInvalid) as caught:
        catalog.entry("s3:CreateBucket")
    assert caught.value.hint is not None
    assert str(tree.root) not in str(caught.value)


@pytest.mark.parametrize("text", ["", "[]", "{", '{"a": NaN}', "\xff", "[" * 100_000])
def test_an_index_that_is_not_json_is_refused(tree: Tree, text: str) -> None:
    (tree.root / "index.json").write_bytes(text.encode("latin-1"))
    with pytest.raises(CatalogInvalid, match=r"`index.json` is not"):
        Catalog(tree.root).entries()


@pytest.mark.parametrize(
    "path",
    [
        "s3/put_object.py",
        "s3/put_object.schema.json",
        "s3/put_object.output.json",
    ],
)
@pytest.mark.parametrize(
    "content", [None, b"", b"\xff\xfe", b"[]", b'{"type": "text"}']
)
def test_a_missing_or_damaged_file_is_named(
    tree: Tree, path: str, content: bytes | None
) -> None:
    file = tree.root / path
    file.unlink()
    if content is not None:
        file.write_bytes(content)
    catalog = Catalog(tree.root)
    assert catalog.operation("s3:CreateBucket").name == "CreateBucket"
    with pytest.raises(CatalogInvalid) as caught:
        catalog.operation("s3:PutObject")
    assert caught.value.fields["file"] == path
    assert f"`{path}`" in caught.value.message


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("OPERATION = ", "import os\nOPERATION = "),
        ("OPERATION = ", "print('hi')\nOPERATION = "),
        ("from smithgate import", "from os import"),
        ("from smithgate import", "from .smithgate import"),
        ("import Change, Operation", "import Change as C, Operation"),
        ("tags=None", "tags=open('/dev/null')"),
        ("tags=None", "tags=Operation.__subclasses__()"),
        ("tags=None", "tags=[x for x in ()]"),
        ("tags=None", "tags=None if Risk else None"),
        ("tags=None", "tags=f'{Risk}'"),
        ("tags=None", "tags=(lambda: None)"),
        ("OPERATION = ", "SOMETHING = "),
        ("OPERATION = Operation(", "OPERATION = Risk("),
        ("risk=Risk.WRITE", "risk=Risk.NOTHING"),
        ("risk=Risk.WRITE", "risk=Risk.READ"),
        ("change=Change.PUT", "change=Change.NONE"),
        ("id='s3:PutObject'", "id='s3:CreateBucket'"),
        ("'put_object')", "'delete_object')"),
        ("required=('Bucket', 'Key')", "required=('Bucket',)"),
        ("s3/put_object.schema.json", "s3/create_bucket.schema.json"),
    ],
)
def test_an_edited_module_neither_loads_nor_runs(
    tree: Tree, old: str, new: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tree.root / "s3/put_object.py"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))
    with pytest.raises(CatalogInvalid) as caught:
        Catalog(tree.root).operation("s3:PutObject")
    assert caught.value.fields["file"] == "s3/put_object.py"
    assert capsys.readouterr().out == ""


def test_comments_and_negative_numbers_are_part_of_the_form(tree: Tree) -> None:
    file = tree.root / "s3/put_object.py"
    declared = (
        "read=Read(operation='s3:GetObject', params={}, constants={'Limit': -1}),"
        "  # override s3.yaml"
    )
    text = file.read_text().replace("read=None,", declared)
    file.write_text(
        "# Code generated.\n" + text.replace("Operation,", "Operation, Read,")
    )
    read = Catalog(tree.root).operation("s3:PutObject").read
    assert read is not None
    assert read.constants == {"Limit": -1}


def test_an_unknown_id_has_a_hint(catalog: Catalog) -> None:
    with pytest.raises(UnknownOperation, match="unknown operation"):
        catalog.entry("s3.put_object")


def test_digests_are_over_bytes(catalog: Catalog, tree: Tree) -> None:
    paths = [f"s3/put_object.{kind}" for kind in ("output.json", "py", "schema.json")]
    parts = ",".join(
        f'"{path}":"{sha256_of((tree.root / path).read_bytes())[7:]}"' for path in paths
    )
    assert catalog.digest("s3:PutObject") == sha256_of(f"{{{parts}}}".encode())


def test_the_skip_list_is_strict_too(tree: Tree) -> None:
    assert dict(Catalog(tree.root).skipped()) == tree.skipped
    (tree.root / "skipped.json").write_text('{"format_version": 9, "skipped": {}}')
    with pytest.raises(CatalogInvalid, match="format version `9`"):
        Catalog(tree.root).skipped()
