#!/usr/bin/env python3
"""Golden records of the chain, made by an encoder that shares no code with bursar.

Written from docs/chain.md alone, with nothing but the standard library. Prints the vectors as JSON:

    python3 tests/vectors/encode.py > tests/vectors/records.json

tests/golden_vectors.rs compares the committed file with what bursar computes, and with what this prints.
"""

import hashlib
import json
import struct
import sys

FORMAT = "bursar/1"
LEAST, MOST = -(2**63), 2**63 - 1


def field(value):
    """One field: its length in 4 bytes, big endian, then its bytes. What is absent has length 0."""
    if value is None:
        data = b""
    elif isinstance(value, int):
        data = struct.pack(">q", value)
    elif isinstance(value, str):
        data = value.encode("utf-8")
    else:
        data = value
    return struct.pack(">I", len(data)) + data


def fields(*values):
    return b"".join(field(value) for value in values)


def digest(text):
    """SHA-256 of salt and text; None for no text."""
    if text is None:
        return None
    return hashlib.sha256(bytes.fromhex(text["salt"]) + text["text"].encode("utf-8")).digest()


def encode_fact(previous, r):
    return fields(
        FORMAT, "fact", r["seq"], previous,
        r["number"], r["recorded_at"], r["kind"], r["rule"], digest(r["actor"]), r["body"],
    )  # fmt: skip


def encode_entry(previous, r):
    head = fields(
        FORMAT, "entry", r["seq"], previous,
        r["number"], r["fact"], r["recorded_at"], r["date"], r["reference"], r["reverses"],
        digest(r["description"]), len(r["postings"]),
    )  # fmt: skip
    return head + b"".join(encode_posting(p) for p in r["postings"])


def encode_posting(p):
    minor, currency, rate = p["original"] or (None, None, None)
    return fields(
        p["line"], p["account"], p["amount"],
        p["event"], p["fund"], p["function"], p["activity"], p["tax_code"],
        p["cash_flow"], p["party"], minor, currency, rate, digest(p["memo"]),
    )  # fmt: skip


def canonical(body):
    """JSON without white space, keys in the order given, characters beyond ASCII as they are."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def salted(text, salt):
    """An erasable text; `salt` is one byte, repeated."""
    return {"salt": bytes([salt] * 16).hex(), "text": text}


def fact(name, body, actor=None, at="2025-01-02T03:04:05Z", rule=1):
    kind = next(iter(body))
    return {
        "name": name, "type": "fact", "recorded_at": at, "kind": kind, "rule": rule, "actor": actor,
        "body": canonical(body),
    }  # fmt: skip


def entry(name, date, postings, reference=None, reverses=None, description=None, at="2025-01-02T03:04:06Z"):
    return {
        "name": name, "type": "entry", "recorded_at": at, "date": date, "reference": reference,
        "reverses": reverses, "description": description,
        "postings": [{"line": i, **p} for i, p in enumerate(postings, 1)],
    }  # fmt: skip


def posting(account, amount, **more):
    p = {
        "account": account, "amount": amount, "event": None, "fund": "general", "function": None,
        "activity": None, "tax_code": None, "cash_flow": None, "party": None, "original": None, "memo": None,
    }  # fmt: skip
    assert set(more) <= set(p), more
    return {**p, **more}


TESS = salted("Tess Treasurer", 0x11)

RECORDS = [
    fact(
        "the first record follows 32 zero bytes; no actor",
        {"book": {"name": "Verein für Beispiele e. V.", "currency": "EUR", "fiscal_year_start": 7}},
    ),
    fact(
        "an actor stands as the digest of salt and name",
        {"account": {"number": 1, "name": "Assets:Checking", "type": "asset", "code": "1010", "closed": False}},
        actor=TESS,
    ),
    fact(
        "a body with a quotation mark, a line end, a tab and characters of four scripts",
        {"fund": {"code": "aid", "name": 'Say "aid"\n\t', "restriction": "purpose", "purpose": "Помощь 援助 naïve 🐍"}},
        actor=salted("Zoë Øster 会計", 0x22),
        at="1999-12-31T23:59:59Z",
    ),
    entry("the least an entry can have", 20250115, [posting(1, 1), posting(2, -1)]),
    fact(
        "a party: name and e-mail as digests in the body, no actor",
        {
            "party": {
                "party": 1,
                "kind": "organisation",
                "name": digest(salted("Initech 株式会社", 0x33)).hex(),
                "email": digest(salted("ap@initech.example", 0x34)).hex(),
            }
        },
    ),
    entry(
        "every field that may be absent is there",
        20250228,
        [
            posting(
                1, 123_456, event="pyex25", fund="aid", function="program", activity="talks", tax_code="vat19",
                cash_flow="from-sponsors", party=1, original=[133_333, "USD", "0.9259"], memo=salted("booth 7", 0x45),
            ),
            posting(
                2, -123_456, event="pyex25", fund="aid", function="fundraising", activity="sprints", tax_code="vat0",
                cash_flow="other", party=MOST, original=[-133_333, "USD", "0.92590"], memo=salted("", 0x46),
            ),
        ],
        reference="INV-2025-0001",
        reverses=1,
        description=salted("Sponsorship, gold", 0x44),
    ),  # fmt: skip
    entry(
        "amounts as far out as they go, and nothing at all",
        29991231,
        [posting(1, MOST), posting(2, -MOST), posting(3, LEAST), posting(4, 0)],
        reference="extremes",
    ),
    entry(
        "two funds, each balanced",
        20250301,
        [
            posting(8, 5_000, fund="aid", function="program"),
            posting(1, -5_000, fund="aid"),
            posting(7, 99, fund="general", function="management"),
            posting(1, -99, fund="general"),
        ],
        description=salted("Released from restriction", 0x55),
    ),
    fact("a reversal: its reason as a digest", {"reversal": {"entry": 2, "reason": digest(salted("typo", 0x56)).hex()}}, actor=TESS),
    entry(
        "texts of one, two, three and four bytes a character",
        19000101,
        [posting(1, -7, memo=salted("Ω≈ç√ 🧾", 0x66)), posting(2, 7, memo=salted("line\nbreak", 0x67))],
        reference="Rechnung №5 für Zoë 🐍",
        description=salted("Frühstück für 12 Personen – Überweisung", 0x65),
        reverses=3,
    ),
    fact("a fact without fields, under a later posting rule", {"voucher": {}}, actor=TESS, rule=MOST),
    entry(
        "forty postings",
        20251231,
        [posting(1 + i % 8, (i + 1) * (1 if i % 2 == 0 else -1), party=1 + i % 3) for i in range(40)],
        at="2999-12-31T23:59:59Z",
    ),
    fact("a lock", {"lock": {"through": 20251231}}),
]

TEXTS = [
    salted("", 0x00),
    salted("a", 0x00),
    salted("a", 0x01),
    salted("Ada Lovelace", 0xFF),
    salted("naïve façade – 会計 🐍", 0xA5),
    salted("x" * 1000, 0x5A),
]


def with_digests(value):
    """The same value with the digest written beside every salt and text."""
    if isinstance(value, dict):
        value = {key: with_digests(inner) for key, inner in value.items()}
        if set(value) == {"salt", "text"}:
            value["digest"] = digest(value).hex()
        return value
    if isinstance(value, list):
        return [with_digests(inner) for inner in value]
    return value


def main():
    previous = bytes(32)
    counts = {"fact": 0, "entry": 0}
    records = []
    for seq, record in enumerate(RECORDS, 1):
        counts[record["type"]] += 1
        record = {**record, "seq": seq, "number": counts[record["type"]]}
        if record["type"] == "fact":
            data = encode_fact(previous, record)
        else:
            record["fact"] = counts["fact"]
            data = encode_entry(previous, record)
        chained = {"previous": previous.hex(), "bytes": data.hex(), "hash": hashlib.sha256(data).hexdigest()}
        records.append({**with_digests(record), **chained})
        previous = hashlib.sha256(data).digest()
    vectors = {"format": FORMAT, "records": records, "texts": with_digests(TEXTS)}
    sys.stdout.buffer.write((json.dumps(vectors, ensure_ascii=False, indent=1) + "\n").encode("utf-8"))


if __name__ == "__main__":
    main()
