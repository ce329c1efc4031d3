#!/usr/bin/env python3
"""Compares the files of this package with its chain.jsonl: journal.csv record by record, with PERIOD; chart.csv and
trial-balance.csv row by row; and journal.hledger line by line with journal.csv.

    python3 agree.py [N:HASH]

Prints what differs; prints nothing when they agree. With a head that was written down earlier, the chain must contain
it. Texts (descriptions, memos, names) are not compared with the chain: it has their digests only, and the salts stay in
the books, so that an erased name cannot be confirmed by guessing.

    python3 agree.py --period

Prints the period, and how many entries of the chain are in it.
"""

import csv
import io
import json
import re
import sys
import unicodedata

# Decimals of currencies that have not two (ISO 4217).
DECIMALS = {
    **dict.fromkeys("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(), 0),
    **dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3),
    **dict.fromkeys("CLF UYW".split(), 4),
}
HEADERS = {
    "journal.csv": "entry,date,reference,party,description,account,amount,event,fund,function,activity,tax_code,"
    "cash_flow,memo,original_amount,original_currency,rate,account_type,party_kind",
    "chart.csv": "number,code,account,type,line,closed",
    "trial-balance.csv": "account,balance,debit,credit,postings",
    "receipts.csv": "entry,date,state,about,amount,bytes,sha256",
}
# What a record has, and of which type; `?` may be null.
FACT = {"type": "s", "seq": "n", "number": "n", "recorded_at": "s", "kind": "s", "rule": "n", "actor": "s?",
        "body": "s", "hash": "s"}
ENTRY = {"type": "s", "seq": "n", "number": "n", "fact": "n", "recorded_at": "s", "date": "n", "reference": "s?",
         "reverses": "n?", "description": "s?", "postings": "l", "hash": "s"}
POSTING = {"line": "n", "account": "n", "amount": "n", "event": "s?", "fund": "s", "function": "s?", "activity": "s?",
           "tax_code": "s?", "cash_flow": "s?", "party": "n?", "original_amount": "n?", "original_currency": "s?",
           "rate": "s?", "memo": "s?"}


class Differs(Exception):
    """Something because of which a file cannot be compared at all."""


def day(number):
    return f"{number // 10000:04}-{number // 100 % 100:02}-{number % 100:02}"


def money(minor, currency):
    """An amount with exactly its currency's decimals."""
    decimals = DECIMALS.get(currency, 2)
    digits = str(abs(minor)).rjust(decimals + 1, "0")
    whole = len(digits) - decimals
    return ("-" if minor < 0 else "") + digits[:whole] + ("." + digits[whole:] if decimals else "")


def read(name):
    try:
        with open(name, encoding="utf-8", newline="") as file:
            return file.read()
    except OSError as error:
        raise Differs(f"{name}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise Differs(f"{name}: it is not UTF-8") from error


def rows_of(name):
    """Rows of a CSV file as dictionaries. Its columns are those and no others: one that is there twice has two values."""
    text = read(name)
    try:
        # Fields of several lines keep their line breaks.
        header, *rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    except (csv.Error, ValueError) as error:
        raise Differs(f"{name}: it is no CSV ({error})") from error
    columns = HEADERS[name].split(",")
    if header != columns:
        raise Differs(f"{name}: its columns are {','.join(header)}, not {HEADERS[name]}")
    for row in rows:
        if len(row) != len(columns):
            raise Differs(f"{name}: a row has {len(row)} fields, not {len(columns)}: {','.join(row)[:60]}")
    return [dict(zip(columns, row)) for row in rows]


def once(pairs):
    """An object of JSON, none of whose keys is there twice: programs differ on which one counts."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key is there twice")
    return found


def checked(record, shape):
    types = {"n": int, "s": str, "l": list}
    if type(record) is not dict or set(record) != set(shape):
        raise ValueError("it does not have the keys of a record")
    for key, kind in shape.items():
        if not (record[key] is None and kind.endswith("?")) and type(record[key]) is not types[kind[0]]:
            raise ValueError(f"`{key}` is of another type")
    return record


class Chain:
    """What chain.jsonl has of the books."""

    def __init__(self):
        self.entries, self.accounts, self.parties, self.heads, self.currency = {}, {}, {}, {}, None
        lines = read("chain.jsonl").split("\n")
        if lines.pop() != "":
            raise Differs("chain.jsonl: its last line has no end")
        for number, line in enumerate(lines, 1):
            try:
                self.add(json.loads(line, object_pairs_hook=once))
            except (ValueError, KeyError, TypeError, RecursionError) as error:
                why = str(error).split(":")[0]
                raise Differs(f"chain.jsonl: line {number} is no record of a chain: {why}") from error
        if self.currency is None:
            raise Differs("chain.jsonl: no record says whose books these are")

    def add(self, record):
        if type(record) is dict and record.get("type") == "entry":
            for posting in checked(record, ENTRY)["postings"]:
                checked(posting, POSTING)
            if record["number"] in self.entries:
                raise ValueError(f"entry {record['number']} is there twice")
            self.entries[record["number"]] = record
        else:
            kind = checked(record, FACT)["kind"]
            body = json.loads(record["body"], object_pairs_hook=once)
            if kind == "book":
                self.currency = body[kind]["currency"]
            elif kind == "account":
                self.accounts[body[kind]["number"]] = body[kind]
            elif kind == "party":
                self.parties[body[kind]["party"]] = body[kind]["kind"]
        self.heads[record["seq"]] = record["hash"]

    def rows(self, entry):
        """The postings of an entry as rows of journal.csv, without texts."""
        for p in entry["postings"]:
            account, foreign = self.accounts[p["account"]], p["original_currency"]
            yield {
                "entry": str(entry["number"]), "date": day(entry["date"]), "reference": entry["reference"] or "",
                "account": account["name"], "amount": money(p["amount"], self.currency), "event": p["event"] or "",
                "fund": "" if p["fund"] == "general" else p["fund"], "function": p["function"] or "",
                "activity": p["activity"] or "", "tax_code": p["tax_code"] or "", "cash_flow": p["cash_flow"] or "",
                "original_amount": money(p["original_amount"], foreign) if foreign else "",
                "original_currency": foreign or "", "rate": p["rate"] or "", "account_type": account["type"],
                "party_kind": "" if p["party"] is None else self.parties[p["party"]],
            }


def period():
    text = read("PERIOD")
    found = re.fullmatch(r"(\d{4}-\d\d-\d\d)\n(\d{4}-\d\d-\d\d)\n", text, re.ASCII)
    if not found or found[1] > found[2]:
        raise Differs("PERIOD: it is not two lines with the first and the last day")
    return found[1], found[2]


def within(chain):
    first, last = period()
    return {number: entry for number, entry in chain.entries.items() if first <= day(entry["date"]) <= last}


def compare_journal(chain, rows):
    """Every entry of the chain within the period is in the journal, and no other."""
    wanted, theirs, names = within(chain), {}, {}
    for row in rows:
        theirs.setdefault(row["entry"], []).append(row)
    for number in theirs.keys() - {str(number) for number in wanted}:
        yield f"journal.csv: entry {number} is not in the chain, or not of the period"
    for number, entry in sorted(wanted.items()):
        ours, found = list(chain.rows(entry)), theirs.get(str(number), [])
        if ours != [{key: row[key] for key in (ours or [{}])[0]} for row in found]:
            yield f"journal.csv: entry {number} is not as the chain has it"
            continue
        for p, row in zip(entry["postings"], found):
            known = names.setdefault(p["party"], row["party"])
            if known != row["party"] or (p["party"] is None) != (row["party"] == ""):
                yield f"journal.csv: entry {number} calls party {p['party']} `{row['party']}`, not `{known}`"
    if [row["entry"] for row in rows] != [row["entry"] for found in theirs.values() for row in found]:
        yield "journal.csv: the rows of an entry are apart"


def compare_chart(chain, rows):
    ours = {
        str(number): {
            "number": str(number), "code": a.get("code") or "", "account": a["name"], "type": a["type"],
            "line": a.get("line") or "", "closed": "yes" if a.get("closed") else "",
        }
        for number, a in chain.accounts.items()
    }
    yield from compare_rows("chart.csv", "number", ours, rows)


def compare_balances(chain, rows):
    sums = {}
    for entry in within(chain).values():
        for p in entry["postings"]:
            debit, credit, count = sums.get(p["account"], (0, 0, 0))
            amount = p["amount"]
            sums[p["account"]] = (debit + max(amount, 0), credit + max(-amount, 0), count + 1)
    ours = {}
    for account, (debit, credit, count) in sums.items():
        name, shown = chain.accounts[account]["name"], [money(m, chain.currency) for m in (debit - credit, debit, credit)]
        ours[name] = dict(zip(HEADERS["trial-balance.csv"].split(","), [name, *shown, str(count)]))
    yield from compare_rows("trial-balance.csv", "account", ours, rows)


def compare_rows(name, key, ours, rows):
    theirs = {}
    for row in rows:
        if row[key] in theirs:
            yield f"{name}: account {row[key]} is there twice"
        theirs[row[key]] = row
    for account in sorted(ours.keys() | theirs.keys()):
        if ours.get(account) != theirs.get(account):
            yield f"{name}: account {account} is not as the chain has it"


def tame(text, without=""):
    """A text as journal.hledger has it: on one line, without what would mean something there."""
    return " ".join("".join(" " if c in without or unicodedata.category(c) == "Cc" else c for c in text).split())


def hledger(chain, rows):
    """journal.hledger as it follows from journal.csv and the chain, after its first line."""
    currency, decimals = chain.currency, DECIMALS.get(chain.currency, 2)
    yield f"commodity 1000.{'0' * decimals} {currency}"
    letters = {"asset": "A", "liability": "L", "net-assets": "E", "revenue": "R", "expense": "X"}
    for name, kind in sorted({(row["account"], row["account_type"]) for row in rows}, key=lambda a: a[0].encode()):
        yield f"account {name}  ; type: {letters[kind]}"
    at = 0
    while at < len(rows):
        entry = chain.entries[int(rows[at]["entry"])]
        postings = entry["postings"]
        found = rows[at:at + len(postings)]
        at += len(postings)
        payee = next((p["party"] for p in postings if p["party"] is not None), None)
        name = next((row["party"] for row in found if row["party"]), "")
        title = [text for text in (tame(name, ";|"), tame(found[0]["description"], ";|")) if text]
        yield ""
        yield f"{found[0]['date']} ({entry['number']}) {' | '.join(title)}"
        if entry["reference"] is not None:
            yield f"    ; reference: {tame(entry['reference'], ',')}"
        if entry["reverses"] is not None:
            yield f"    ; reverses: {entry['reverses']}"
        for p, row in zip(postings, found):
            yield f"    {row['account']}  {row['amount']} {currency}"
            original = f"{row['original_amount']} {row['original_currency']} at {row['rate']}" if row["rate"] else ""
            for tag, value in (
                ("event", row["event"]), ("fund", row["fund"]), ("function", row["function"]),
                ("activity", row["activity"]), ("tax", row["tax_code"]), ("cashflow", row["cash_flow"]),
                ("original", original),
            ):
                if value:
                    yield f"      ; {tag}: {value}"
            if row["memo"]:
                yield f"      ; memo: {tame(row['memo'], ',:')}"
            if p["party"] is not None and p["party"] != payee:
                yield f"      ; party: {tame(row['party'], ',:')}"


def compare_hledger(chain, rows):
    first, *theirs = read("journal.hledger").split("\n")
    if not first.startswith("; "):
        yield "journal.hledger: line 1 is no comment"
    ours = [*hledger(chain, rows), ""]
    for number, (one, other) in enumerate(zip(ours, theirs), 2):
        if one != other:
            yield f"journal.hledger: line {number} is `{other}`; by journal.csv it is `{one}`"
            return
    if len(ours) != len(theirs):
        yield f"journal.hledger: it has {len(theirs)} lines; by journal.csv {len(ours)}"


def differences(wanted):
    chain = Chain()
    for head in wanted:
        if not re.fullmatch(r"\d+:[0-9a-f]{64}", head, re.ASCII):
            yield f"{head}: no head; a head is N:HASH"
        elif chain.heads.get(int(head.split(":")[0])) != head.split(":")[1]:
            yield f"chain.jsonl: it does not contain the head {head}"
    tables, wrong = {}, False
    for name in HEADERS:
        try:
            tables[name] = rows_of(name)
        except Differs as error:
            yield str(error)
    for name, compare in (
        ("chart.csv", compare_chart), ("trial-balance.csv", compare_balances), ("journal.csv", compare_journal),
    ):
        for difference in compare(chain, tables[name]) if name in tables else ():
            wrong = wrong or name == "journal.csv"
            yield difference
    # Against a journal that is wrong itself, the other would be called wrong.
    if "journal.csv" in tables and not wrong:
        yield from compare_hledger(chain, tables["journal.csv"])


def main(arguments):
    try:
        if arguments == ["--period"]:
            chain = Chain()
            count, (first, last) = len(within(chain)), period()
            print(f"Period {first} to {last}, {count} of the {len(chain.entries)} entries in the chain")
        else:
            for difference in differences(arguments):
                print(difference)
    except Differs as error:
        print(error)
    except (KeyError, IndexError, TypeError, ValueError) as error:
        print(f"chain.jsonl: it is no chain of books ({type(error).__name__}: {error})")


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")
    main(sys.argv[1:])
