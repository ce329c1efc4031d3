#!/usr/bin/env python3
"""Compares journal.csv and chart.csv of this package with its chain.jsonl, record by record.

    python3 agree.py [N:HASH]

Prints what differs; prints nothing when they agree. With a head that was written down earlier, the chain must contain
it. Texts (descriptions, memos, names) are not compared: the chain has their digests only, and the salts stay in the
books, so that an erased name cannot be confirmed by guessing.
"""

import csv
import json
import re
import sys


def day(number):
    return f"{number // 10000:04}-{number // 100 % 100:02}-{number % 100:02}"


def minor(amount):
    return int(amount.replace(".", "")) if amount else None


def main(wanted):
    entries, accounts, heads = {}, {}, {}
    for line in open("chain.jsonl", encoding="utf-8"):
        record = json.loads(line)
        heads[record["seq"]] = record["hash"]
        if record["type"] == "entry":
            entries[record["number"]] = record
        elif record["kind"] == "account":
            account = json.loads(record["body"])["account"]
            accounts[account["number"]] = account
    for head in wanted:
        if not re.fullmatch(r"\d+:[0-9a-f]{64}", head):
            print(f"{head}: no head; a head is N:HASH")
        elif heads.get(int(head.split(":")[0])) != head.split(":")[1]:
            print(f"chain.jsonl: it does not contain the head {head}")

    first, last = open("PERIOD", encoding="utf-8").read().split()
    # Fields of several lines keep their line breaks.
    rows = {}
    for row in csv.DictReader(open("journal.csv", encoding="utf-8", newline="")):
        rows.setdefault(int(row["entry"]), []).append(row)
    within = {number for number, entry in entries.items() if first <= day(entry["date"]) <= last}
    for number in sorted(within | set(rows)):
        if number not in within:
            print(f"journal.csv: entry {number} is not in the chain, or not of the period")
            continue
        entry = entries[number]
        ours = [
            (
                day(entry["date"]), entry["reference"] or "", accounts[p["account"]]["name"],
                accounts[p["account"]]["type"], p["amount"], p["event"] or "",
                "" if p["fund"] == "general" else p["fund"], p["function"] or "", p["activity"] or "",
                p["tax_code"] or "", p["cash_flow"] or "", p["original_amount"], p["original_currency"] or "",
                p["rate"] or "",
            )
            for p in entry["postings"]
        ]
        theirs = [
            (
                row["date"], row["reference"], row["account"], row["account_type"], minor(row["amount"]), row["event"],
                row["fund"], row["function"], row["activity"], row["tax_code"], row["cash_flow"],
                minor(row["original_amount"]), row["original_currency"], row["rate"],
            )
            for row in rows.get(number, [])
        ]
        if ours != theirs:
            print(f"journal.csv: entry {number} is not as the chain has it")

    chart = {int(row["number"]): row for row in csv.DictReader(open("chart.csv", encoding="utf-8", newline=""))}
    for number in sorted(set(chart) | set(accounts)):
        account, row = accounts.get(number), chart.get(number)
        if not account or not row or (account["name"], account["type"]) != (row["account"], row["type"]):
            print(f"chart.csv: account {number} is not as the chain has it")


if __name__ == "__main__":
    main(sys.argv[1:])
