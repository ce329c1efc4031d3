#!/usr/bin/env python3
"""Recomputes the chain of the books without bursar, from docs/chain.md alone.

    python3 recompute.py bursar.db       a file of books
    python3 recompute.py chain.jsonl     the chain in an auditor's package, which has no texts

Prints the head, N:HASH, which must be the one in the minutes. Says so and exits with 1 when a record's hash is not
the hash of its content, a number is missing, or a text is not the one whose digest is in the chain. Reads only.
"""

import hashlib
import json
import sqlite3
import struct
import sys
from pathlib import Path


def fields(*values):
    """Each field is its length (4 bytes, big endian) and its bytes; what is absent has length 0."""
    out = b""
    for value in values:
        if isinstance(value, int):
            value = struct.pack(">q", value)
        data = value.encode() if isinstance(value, str) else value or b""
        out += struct.pack(">I", len(data)) + data
    return out


def fact_bytes(row, previous):
    return fields(
        "bursar/1", "fact", row["seq"], previous,
        row["number"], row["recorded_at"], row["kind"], row["rule"], row["actor"], row["body"],
    )


def entry_bytes(row, previous, postings):
    out = fields(
        "bursar/1", "entry", row["seq"], previous,
        row["number"], row["fact"], row["recorded_at"], row["date"], row["reference"], row["reverses"],
        row["description"], len(postings),
    )
    for p in postings:
        out += fields(
            p["line"], p["account"], p["amount"],
            p["event"], p["fund"], p["function"], p["activity"], p["tax_code"],
            p["cash_flow"], p["party"], p["original_amount"], p["original_currency"], p["rate"], p["memo"],
        )
    return out


# Keys of a fact's body under which the digest of a text stands.
TEXTS = {
    "name", "email", "reason", "file", "condition", "address", "tax_number", "approved_by", "basis", "text",
    "reopened", "evidence",
}


def is_digest(value):
    return isinstance(value, str) and len(value) == 64 and not set(value) - set("0123456789abcdef")


def digests_of(kind, row, postings):
    """The digest of every erasable text of a record, by the name of the text."""
    if kind == "entry":
        found = {f"line {p['line']}": p["memo"] for p in postings}
        found["description"] = row["description"]
    else:
        body = json.loads(row["body"])[row["kind"]]
        found = {key.replace("_", " "): bytes.fromhex(body[key])
                 for key in TEXTS & body.keys() if is_digest(body[key])}
        for i, item in enumerate(body.get("items", [])):
            if "exception" in item:
                found[f"exception {i + 1}"] = bytes.fromhex(item["exception"])
        if row["kind"] == "disclosure-rules":
            found["rules"] = found.pop("text")
        found["actor"] = row["actor"]
    return {name: digest for name, digest in found.items() if digest is not None}


def from_books(path):
    """Kind, row, postings and texts of every record of a file of books, in the order of the chain."""
    books = sqlite3.connect(Path(path).resolve().as_uri() + "?mode=ro", uri=True)
    books.row_factory = sqlite3.Row
    records = [("fact", row) for row in books.execute("SELECT * FROM fact")]
    records += [("entry", row) for row in books.execute("SELECT * FROM entry")]
    for kind, row in sorted(records, key=lambda record: record[1]["seq"]):
        postings = books.execute(
            "SELECT * FROM posting JOIN coordinate ON coordinate.number = posting.coordinate "
            "WHERE entry = ? ORDER BY line", (row["number"],),
        ).fetchall() if kind == "entry" else []
        texts = books.execute("SELECT field, salt, body FROM text WHERE seq = ?", (row["seq"],)).fetchall()
        yield kind, row, postings, texts


def from_lines(path):
    """The same of a package: one record a line, digests in hexadecimal, no texts."""
    def once(pairs):
        if len(dict(pairs)) != len(pairs):
            raise ValueError("a key is there twice")
        return {key: bytes.fromhex(value) if key in DIGESTS and value else value for key, value in pairs}

    with open(path, encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                row = json.loads(line, object_pairs_hook=once)
                record = row["type"], row, row.get("postings", []), []
            except (ValueError, KeyError, TypeError) as error:
                sys.exit(f"line {number} is no record of a chain: {str(error).split(':')[0]}")
            yield record


DIGESTS = ("actor", "description", "hash", "memo")


def main(path):
    with open(path, "rb") as file:
        is_books = file.read(15) == b"SQLite format 3"
    seq, previous = 0, bytes(32)
    for kind, row, postings, texts in from_books(path) if is_books else from_lines(path):
        seq += 1
        try:
            name = f"{kind} {row['number']}"
            data = entry_bytes(row, previous, postings) if kind == "entry" else fact_bytes(row, previous)
            digests = digests_of(kind, row, postings)
        except (ValueError, KeyError, TypeError, AttributeError, struct.error) as error:
            sys.exit(f"record {seq}: it does not have what a record has ({error})")
        if row["seq"] != seq:
            sys.exit(f"{name}: record {seq} of the chain is missing before it")
        if hashlib.sha256(data).digest() != row["hash"]:
            sys.exit(f"{name}: its hash does not match its content, or that of the record before")
        for text in texts:
            if hashlib.sha256(text["salt"] + text["body"].encode()).digest() != digests.get(text["field"]):
                sys.exit(f"{name}: its text `{text['field']}` is not the one that was recorded")
        previous = row["hash"]
    print(f"{seq}:{previous.hex()}")


if __name__ == "__main__":
    main(sys.argv[1]) if len(sys.argv) == 2 else sys.exit(__doc__)
