#!/usr/bin/env python3
"""What a sceptic can work out from published releases: an attack that shares nothing with the program it attacks.

    attack.py FOLDER --sponsors sponsors.json [--own own.json ...] [--output FILE]

FOLDER holds the JSON files of releases, as `bursar release publish --output` writes them, and nothing else is read but
what the options name. `sponsors.json` is the list that everybody knows: who sponsored which event.

    {"events": {"conf25": {"fund": "conf-2025", "held": "2025-05-17"}},
     "funds": {"general": "without", "conf-2025": "with", "aid": "with"},
     "sponsors": [{"name": "Acme", "sponsored": [{"event": "conf25", "package": "gold"}], "gave": ["aid"],
                   "in_kind": false}]}

`own.json` is what one sponsor knows of itself: dated amounts by row of the statements.

    {"name": "Acme", "amounts": [{"row": "sponsorship", "event": "conf25", "fund": "general", "date": "2025-05-17",
                                  "amount": "500.00", "head": 0}]}

`head` is the place in the chain that an amount was entered at, when that was after a release: figures of earlier ones do not
have it.

Every sponsor's amount in every atom (row, event, fund and stretch of time that published figures tell apart) is an
unknown that is not negative. Published figures, the sums that they say they are, ranges of what is withheld and what
everybody knows of accounts (what was paid and is open was earned or is still owed) are equations. The least and the most of
each sponsor's part of each figure then come from linear programmes in exact fractions, each with the combination of
figures that proves it. Standard library only. It is a calculator: it exits 0 whenever it ran.
"""

import argparse
import copy
import datetime
import itertools
import json
import pathlib
import sys
from fractions import Fraction

# Rows of revenue, and who can be in them: sponsors alone, sponsors and others, others alone. What can have either sign is
# a row apart.
SPONSORS_ALONE = {"sponsorship", "cash:sponsors"}
SPONSORS_TOO = {"contributions", "nonfinancial", "cash:contributors"}
OTHERS_ALONE = {"registration", "tutorials", "merchandise", "other-revenue", "grants", "membership", "cash:registrants"}
EITHER_SIGN = {"investment", "exchange", "released"}
FLOWS = SPONSORS_ALONE | SPONSORS_TOO | OTHERS_ALONE | EITHER_SIGN
STOCKS = {"accounts-receivable", "pledges-receivable", "deferred-revenue"}
REVENUE = ("sponsorship", "contributions", "nonfinancial")
PACKAGE_COLUMNS = {"exchange", "gift", "agreed", "received", "open"}
FIRST, LAST = datetime.date.min.toordinal(), datetime.date.max.toordinal()


# Published files


class Figure:
    """A figure of a statement of a release: where it stands, and its value or what is said of it."""

    def __init__(self, release, audience, head, statement, row, column, cell, id_):
        self.release, self.audience, self.head, self.id = release, audience, head, id_
        self.statement, self.row, self.column = statement["statement"], row["key"], column["key"]
        period = statement["period"] or {}
        self.events = tuple(statement["events"])
        self.postings = (statement.get("covers") or {}).get("postings")
        self.first = day(period["from"]) if period.get("from") else FIRST
        self.last = day(period["to"]) if period.get("to") else LAST
        self.value = minor(cell) if isinstance(cell, str) else None
        withheld = cell if isinstance(cell, dict) else {}
        self.range = tuple(minor(end) for end in withheld["range"]) if withheld.get("range") else None

    def __str__(self):
        return f"release {self.release}: {self.id}"


DECIMALS = {"places": None}


def minor(text):
    """An amount in whole minor units."""
    whole, _, part = text.partition(".")
    if DECIMALS["places"] is None:
        DECIMALS["places"] = len(part)
    assert len(part) == DECIMALS["places"], f"amounts of one currency have the same decimals: {text}"
    return int(whole + part)


def day(text):
    """A day as a number."""
    return datetime.date.fromisoformat(text).toordinal()


def amount(value):
    """Minor units as they are printed."""
    places = DECIMALS["places"] or 0
    sign, digits = "-" if value < 0 else "", str(abs(value)).rjust(places + 1, "0")
    return sign + (digits[:-places] + "." + digits[-places:] if places else digits)


def read_releases(folder):
    """All figures of money, and the sums that they are said to be: a figure's key and (sign, key) of its parts."""
    figures, sums = {}, []
    for path in sorted(pathlib.Path(folder).rglob("*.json")):
        release = json.loads(path.read_text(encoding="utf-8"))
        if "statements" not in release or "release" not in release:
            continue
        number, audience = release["release"], release["audience"]
        for place, statement in enumerate(release["statements"]):
            head = int(((statement.get("covers") or {}).get("head") or release["head"]).split(":")[0])
            places, key_of = {}, {}
            for listed in statement.get("figures", []):
                places[listed["row"], listed["column"]] = listed["id"]
            for row in statement["rows"]:
                for column, cell in zip(statement["columns"], row["cells"]):
                    if column["type"] != "money" or cell is None:
                        continue
                    id_ = places.get((row["key"], column["key"]), f"{statement['statement']}/{row['key']}/{column['key']}")
                    key = (number, audience, place, id_)
                    figures[key] = Figure(number, audience, head, statement, row, column, cell, id_)
                    key_of[id_] = key
            for listed in statement.get("figures", []):
                parts = [(-1, part[1:]) if part.startswith("-") else (1, part) for part in listed["sum_of"]]
                if parts and listed["id"] in key_of and all(part in key_of for _, part in parts):
                    sums.append((key_of[listed["id"]], [(sign, key_of[part]) for sign, part in parts]))
            sums.extend(known_sums(statement, key_of, places))
    return figures, sums


def known_sums(statement, key_of, places):
    """What everybody knows of a statement of this kind, though its figures do not say so."""
    at = {place: key_of[id_] for place, id_ in places.items() if id_ in key_of}
    for column in [column["key"] for column in statement["columns"]]:
        if statement["statement"] in ("activities", "fund-activities"):
            parts = [(1, at.get((row, column))) for row in ("beginning", "change", "other-changes")]
            parts = [(sign, part) for sign, part in parts if part]
            if (("end", column) in at) and len(parts) > 1:
                yield at["end", column], parts
    if statement["statement"] == "funds":
        for row in {row for row, _ in at}:
            parts = [(1, at.get((row, column))) for column in ("opening", "released", "transfers", "received", "spent")]
            if (row, "closing") in at and all(part for _, part in parts):
                yield at[row, "closing"], parts


# What figures mean


class Public:
    """What everybody knows: events, funds, sponsors."""

    def __init__(self, facts):
        self.events, self.funds = facts.get("events", {}), dict(facts.get("funds", {}))
        self.sponsors = {sponsor["name"]: sponsor for sponsor in facts["sponsors"]}

    def learn_funds(self, figures):
        """Funds that stand in published statements."""
        for figure in figures:
            if figure.column.startswith("fund:"):
                self.funds.setdefault(figure.column[5:], "with")
        for restriction in ("without", "with"):
            if restriction not in self.funds.values():
                self.funds[restriction] = restriction

    def kind(self, name):
        """Sponsors of one kind look alike to everybody."""
        sponsor = self.sponsors[name]
        sponsored = sorted((s["event"], s.get("package") or "") for s in sponsor.get("sponsored", []))
        return tuple(sponsored), tuple(sorted(sponsor.get("gave", []))), bool(sponsor.get("in_kind"))

    def unrestricted(self):
        """Where money without restriction is."""
        return "general" if "general" in self.funds else next(f for f, r in self.funds.items() if r == "without")

    def fund_of(self, event):
        """The fund that contributions of an event's sponsors are in."""
        return self.events.get(event, {}).get("fund") or self.unrestricted()

    def is_of_sponsors(self, fund):
        """Whether a fund is one that only sponsors of an event give to."""
        return any(facts.get("fund") == fund for facts in self.events.values())

    def is_spent(self, figure):
        """Whether a figure is what is left in the fund of an event that is over: nothing."""
        fund, place = None, (figure.statement, figure.row, figure.column)
        if place[0] == "funds" and place[2] == "closing" and place[1].startswith("fund:"):
            fund = place[1][5:]
        elif place[0] == "fund-activities" and place[1] == "end" and place[2].startswith("fund:"):
            fund = place[2][5:]
        held = [facts.get("held") for facts in self.events.values() if facts.get("fund") == fund]
        return fund is not None and bool(held) and all(end and day(end) <= figure.last for end in held)


class Meaning:
    """Which atoms a figure takes. An atom is (row, event, fund, day or stretch of days, package, version)."""

    def __init__(self, figure):
        self.row = self.stock = self.package = self.fund = self.restriction = None
        statement, row, column = figure.statement, figure.row, figure.column
        if statement in ("activities", "fund-activities", "event-summary") and row in FLOWS:
            self.row = row
            if column.startswith("fund:"):
                self.fund = column[5:]
            elif column in ("without", "with"):
                self.restriction = column
            elif column not in ("total", "amount"):
                self.row = None
        elif statement == "cash-flows" and row in FLOWS and column == "total":
            self.row = row
        elif statement == "position" and row in STOCKS and column == "total":
            self.row, self.stock = row, figure.last
        elif statement in ("receivable-movements", "deferred-revenue") and row in STOCKS:
            if column in ("opening", "closing"):
                self.row, self.stock = row, figure.last if column == "closing" else figure.first - 1
        elif statement == "budget" and row in FLOWS and column == "actual":
            self.row = row
        elif statement == "sponsorship" and column in PACKAGE_COLUMNS:
            self.row, self.package = f"package:{column}", row if row != "total" else None
        self.events = figure.events if self.row else ()
        self.first, self.last, self.head = figure.first, figure.last, figure.head

    def takes(self, atom, funds):
        """Whether an atom is in the figure."""
        row, event, fund, (first, last), package, version = atom
        if row != self.row or version > self.head or (self.events and event not in self.events):
            return False
        if self.stock is not None:
            return first == last == self.stock
        if self.package is not None and package != self.package:
            return False
        if self.fund is not None and fund != self.fund:
            return False
        if self.restriction is not None and funds.get(fund) != self.restriction:
            return False
        return self.first <= first and last <= self.last

    def of_own(self, record, funds):
        """Whether a dated amount of a sponsor's own is in the figure."""
        when = day(record["date"])
        row, event, fund = record["row"], record.get("event"), record.get("fund")
        if row != self.row or (self.events and event not in self.events) or record.get("head", 0) > self.head:
            return False
        if self.stock is not None:
            return when <= self.stock
        if self.package is not None and record.get("package") != self.package:
            return False
        if self.fund is not None and fund != self.fund:
            return False
        if self.restriction is not None and funds.get(fund) != self.restriction:
            return False
        return self.first <= when <= self.last


class Attack:
    """Equations of everything that was published."""

    def __init__(self, figures, sums, public):
        self.public, self.figures, self.sums = public, figures, sums
        public.learn_funds(figures.values())
        self.meanings = {key: Meaning(figure) for key, figure in figures.items()}
        meant = [m for m in self.meanings.values() if m.row]
        flows = [m for m in meant if m.stock is None]
        self.stock_days = sorted({m.stock for m in meant if m.stock is not None and FIRST <= m.stock < LAST})
        # Between these cuts figures do not tell days apart.
        cuts = {FIRST, LAST + 1} | {m.first for m in flows} | {m.last + 1 for m in flows}
        cuts = sorted(cuts | {stock + 1 for stock in self.stock_days})
        self.stretches = [(first, after - 1) for first, after in zip(cuts, cuts[1:])]
        self.versions = versions(figures.values(), {m.head for m in meant})
        self.kinds = {}
        for name in public.sponsors:
            self.kinds.setdefault(public.kind(name), []).append(name)

    def stretches_of(self, row, event):
        """When an amount can be in a row: what sponsors get is earned on the day that the event is over."""
        held = self.public.events.get(event, {}).get("held") if row == "sponsorship" else None
        return [s for s in self.stretches if held is None or s[0] <= day(held) <= s[1]]

    def atoms_of_kind(self, kind):
        """Atoms that sponsors of a kind can have amounts in."""
        sponsored, gave, in_kind = kind
        of_package = [(event, package) for event, package in sponsored]
        for event in sorted({event for event, _ in sponsored}):
            fund, free = self.public.fund_of(event), self.public.unrestricted()
            for row, where in (("sponsorship", free), ("contributions", fund), ("cash:sponsors", free)):
                for stretch in self.stretches_of(row, event):
                    yield from self.each_version(row, event, where, stretch, None)
            if in_kind:
                for stretch in self.stretches:
                    yield from self.each_version("nonfinancial", event, free, stretch, None)
            for row, stock in itertools.product(sorted(STOCKS), self.stock_days):
                yield from self.each_version(row, event, free, (stock, stock), None)
        for fund in gave:
            for row, stretch in itertools.product(("contributions", "cash:contributors"), self.stretches):
                for event in (None, *self.public.events):
                    yield from self.each_version(row, event, fund, stretch, None)
        for (event, package), column in itertools.product(of_package, sorted(PACKAGE_COLUMNS)):
            yield from self.each_version(f"package:{column}", event, self.public.unrestricted(), (FIRST, LAST), package)

    def atoms_of_others(self):
        """Atoms that people and companies have amounts in that are on no list."""
        events = (None, *self.public.events)
        for row in sorted(SPONSORS_TOO | OTHERS_ALONE | EITHER_SIGN):
            for event, fund, stretch in itertools.product(events, self.public.funds, self.stretches):
                # What is in the fund of an event's sponsors is theirs.
                if row not in EITHER_SIGN and self.public.is_of_sponsors(fund):
                    continue
                yield from self.each_version(row, event, fund, stretch, None)
        for row, stock in itertools.product(sorted(STOCKS), self.stock_days):
            yield from self.each_version(row, None, self.public.unrestricted(), (stock, stock), None)

    def each_version(self, *atom):
        return ((*atom, version) for version in self.versions)

    def signature(self, atom):
        """The figures that take an atom: atoms that no figure tells apart are one."""
        keys = self.by_row.get(atom[0], ())
        return tuple(key for key in keys if self.meanings[key].takes(atom, self.public.funds))

    def program(self, insider, own):
        """The equations as one who knows `own` sees them: a programme, and its unknowns by kind of sponsor."""
        program = Program()
        self.by_row = {}
        for key, meaning in self.meanings.items():
            if meaning.row:
                self.by_row.setdefault(meaning.row, []).append(key)
        rows = {key: {} for keys in self.by_row.values() for key in keys}
        targets, tied = {}, []
        for kind, names in self.kinds.items():
            others = [name for name in names if name != insider]
            # One of a kind stands for each of them; the rest of the kind stand together.
            for owner in (["one"] if others else []) + (["rest"] if len(others) > 1 else []):
                unknowns, by_signature = {}, {}
                for atom in self.atoms_of_kind(kind):
                    tie = self.tie_of(atom, kind)
                    place = (self.signature(atom), tie)
                    if not place[0] and not tie:
                        continue
                    if place not in by_signature:
                        by_signature[place] = program.unknown()
                        for key in place[0]:
                            rows[key][by_signature[place]] = 1
                    unknowns[atom] = by_signature[place]
                tied.append((kind, owner, unknowns))
                if owner == "one":
                    targets[kind] = unknowns
        by_signature = {}
        for atom in self.atoms_of_others():
            signature, free = self.signature(atom), atom[0] in EITHER_SIGN
            if signature and (signature, free) not in by_signature:
                up = by_signature[signature, free] = program.unknown()
                down = program.unknown() if free else None
                for key in signature:
                    rows[key][up] = 1
                    if free:
                        rows[key][down] = -1
        nodes = self.nodes(program)
        for key, row in rows.items():
            figure, own_part = self.figures[key], own.get(key, 0)
            label = f"[{figure}]" + (f" less one's own {amount(own_part)}" if own_part else "")
            node = nodes[key]
            terms, constant = dict(row), node[1] - own_part
            for unknown, factor in node[0].items():
                terms[unknown] = terms.get(unknown, 0) - factor
            program.equation(terms, constant, label)
        for total, parts in self.sums:
            terms, constant = {}, 0
            for sign, key in [(-1, total), *parts]:
                for unknown, factor in nodes[key][0].items():
                    terms[unknown] = terms.get(unknown, 0) + sign * factor
                constant -= sign * nodes[key][1]
            terms = {unknown: factor for unknown, factor in terms.items() if factor}
            if terms:
                known = "".join(f" [{self.figures[key]}]" for _, key in [(0, total), *parts] if not nodes[key][0])
                program.equation(terms, constant, f"what [{self.figures[total]}] is the sum of, with{known or ' nothing known'}")
        for key, figure in self.figures.items():
            if nodes[key][0] and self.public.is_spent(figure):
                program.equation(nodes[key][0], -nodes[key][1], f"nothing is left in [{figure}]: the event is over")
        self.settle(program, tied)
        return program, targets

    def nodes(self, program):
        """Every figure as unknowns and a constant; withheld ones are the same unknown wherever their id is repeated."""
        nodes, shared = {}, {}
        for key, figure in self.figures.items():
            if figure.value is not None:
                nodes[key] = ({}, figure.value)
                continue
            place = (figure.id, tuple(v for v in self.versions if v <= figure.head))
            if place not in shared:
                # What is withheld can have either sign, unless a range or the row's nature says otherwise.
                up = program.unknown()
                positive = self.meanings[key].row and figure.row not in EITHER_SIGN
                shared[place] = ({up: 1}, 0) if positive else ({up: 1, program.unknown(): -1}, 0)
            nodes[key] = shared[place]
            if figure.range:
                for end, sign in zip(figure.range, (-1, 1)):
                    terms = {unknown: factor for unknown, factor in nodes[key][0].items()}
                    terms[program.unknown()] = sign
                    program.equation(terms, end, f"the range of [{figure}], {'from' if sign < 0 else 'to'} {amount(end)}")
        return nodes

    def tie_of(self, atom, kind):
        """Which settlement an atom is part of: (side, when)."""
        row, event, fund, stretch, _, version = atom
        if not self.stock_days or version != self.versions[0] or len(self.versions) > 1:
            return None
        if row in STOCKS:
            return (row, stretch)
        if row in ("sponsorship", "cash:sponsors") or (row == "contributions" and fund not in kind[1]):
            return (row, stretch)
        return None

    def settle(self, program, tied):
        """What a sponsor paid and still owes is what was earned from it, given by it, or owed to it. Who gives in kind
        pays less."""
        for kind, owner, unknowns in tied:
            for stock in self.stock_days:
                terms = {}
                for atom, unknown in unknowns.items():
                    tie = self.tie_of(atom, kind)
                    if tie is None or (tie[0] in STOCKS and tie[1][0] != stock) or tie[1][1] > stock:
                        continue
                    sign = 1 if tie[0] in ("cash:sponsors", "accounts-receivable", "pledges-receivable") else -1
                    terms[unknown] = sign
                if not terms:
                    continue
                if kind[2]:
                    terms[program.unknown()] = 1
                who = "a sponsor" if owner == "one" else "the other sponsors"
                when = datetime.date.fromordinal(stock)
                program.equation(terms, 0, f"what {who} of one kind paid and owed by {when} was earned, given or prepaid")

    def own_parts(self, record):
        """How much of each figure is a sponsor's own."""
        parts = {}
        for key, meaning in self.meanings.items():
            if meaning.row:
                minors = [minor(r["amount"]) for r in record["amounts"] if meaning.of_own(r, self.public.funds)]
                if minors and sum(minors):
                    parts[key] = sum(minors)
        return parts

    def wanted(self, unknowns):
        """Sums of a sponsor's amounts that are kept: its part of each figure, and all of its revenue that figures
        speak of."""
        found = {}
        for key, meaning in self.meanings.items():
            if meaning.row:
                of = frozenset(u for atom, u in unknowns.items() if meaning.takes(atom, self.public.funds))
                if of:
                    found.setdefault(of, []).append(self.figures[key])
        everything = frozenset(u for atom, u in unknowns.items() if atom[0] in REVENUE and self.signature(atom))
        return found, everything

    def run(self, insider, own):
        """What somebody can say of every sponsor."""
        program, targets = self.program(insider, own)
        if not program.solve():
            return {"insider": insider, "agrees": False, "bounds": [], "unknowns": program.count, "equations": len(program.rows)}
        bounds = []
        for kind, unknowns in targets.items():
            sponsors = [name for name in self.kinds[kind] if name != insider]
            found, everything = self.wanted(unknowns)
            asked = [(of, [str(figure) for figure in figures]) for of, figures in found.items()]
            if everything:
                asked.append((everything, ["all revenue"]))
            for of, what in asked:
                low, low_by = program.extreme(of, least=True)
                high, high_by = program.extreme(of, least=False)
                bounds.append(
                    {
                        "sponsors": sponsors,
                        "what": what,
                        "lower": amount(-((-low.numerator) // low.denominator)),
                        "upper": None if high is None else amount(high.numerator // high.denominator),
                        "lower_by": low_by if low > 0 else [],
                        "upper_by": high_by,
                    }
                )
        return {
            "insider": insider,
            "agrees": True,
            "bounds": bounds,
            "unknowns": program.count,
            "equations": len(program.rows),
        }

    def differences(self, insider, own):
        """By hand: a figure, or one less another that is part of it, that only one sponsor can be behind."""
        self.by_row = {}
        for key, meaning in self.meanings.items():
            if meaning.row and self.figures[key].value is not None:
                self.by_row.setdefault(meaning.row, []).append(key)
        atoms = {key: {} for keys in self.by_row.values() for key in keys}
        who = [(kind, self.atoms_of_kind(kind)) for kind in self.kinds] + [(None, self.atoms_of_others())]
        for kind, of_kind in who:
            for atom in of_kind:
                for key in self.signature(atom):
                    atoms[key].setdefault(atom, set()).add(kind)
        found = []
        for keys in self.by_row.values():
            for whole, part in itertools.product(keys, [None, *keys]):
                if part is not None and (whole == part or not atoms[part].keys() < atoms[whole].keys()):
                    continue
                rest = [atom for atom in atoms[whole] if part is None or atom not in atoms[part]]
                kinds = set().union(*(atoms[whole][atom] for atom in rest)) if rest else set()
                names = [name for kind in kinds if kind for name in self.kinds[kind] if name != insider]
                if None in kinds or len(names) != 1:
                    continue
                left = self.figures[whole].value - own.get(whole, 0)
                words = f"[{self.figures[whole]}]"
                if part is not None:
                    left -= self.figures[part].value - own.get(part, 0)
                    words += f" - [{self.figures[part]}]"
                found.append({"sponsor": names[0], "amount": amount(left), "by": words})
        return found

    def completed(self):
        """By hand: what is withheld and the only such part of a published sum."""
        found = []
        for total, parts in self.sums:
            missing = [(sign, key) for sign, key in [(-1, total), *parts] if self.figures[key].value is None]
            if len(missing) == 1:
                sign, key = missing[0]
                known = sum(s * self.figures[k].value for s, k in [(-1, total), *parts] if k != key)
                found.append({"figure": str(self.figures[key]), "amount": amount(-sign * known)})
        return found


def versions(figures, heads):
    """Places in the chain between which figures changed, or the number of postings that they say they cover: entries that
    came late are amounts of their own."""
    cuts, seen = set(), {}
    for figure in sorted(figures, key=lambda figure: figure.head):
        scope = (figure.first, figure.last, figure.events)
        for place, of in ((figure.id, figure.value), (scope, figure.postings)):
            if of is None:
                continue
            head, earlier = seen.get(place, (figure.head, of))
            if earlier != of:
                cuts |= {other for other in heads if head < other <= figure.head}
            seen[place] = (figure.head, of)
    return [0, *sorted(cuts)]


# Linear programmes


def tidy(value):
    """Whole numbers stay whole: they are several times faster."""
    return value.numerator if type(value) is Fraction and value.denominator == 1 else value


def over(a, b):
    if b == 1:
        return a
    if b == -1:
        return -a
    return tidy(Fraction(a) / b)


class Program:
    """Unknowns that are not negative, and equations; the simplex method on a sparse table in exact fractions."""

    def __init__(self):
        self.count, self.rows, self.constants, self.labels = 0, [], [], []

    def unknown(self):
        self.count += 1
        return self.count - 1

    def equation(self, terms, constant, label):
        terms = {unknown: factor for unknown, factor in terms.items() if factor}
        self.rows.append(terms)
        self.constants.append(constant)
        self.labels.append(label)

    def solve(self):
        """Looks for any solution; whether there is one. Each row has a helper, which is in no solution and whose reduced
        cost tells the row's multiplier."""
        self.table, self.right, self.basis, self.sign = [], [], [], []
        for row, (terms, constant) in enumerate(zip(self.rows, self.constants)):
            sign = -1 if constant < 0 else 1
            line = {unknown: sign * factor for unknown, factor in terms.items()}
            line[self.count + row] = 1
            self.table.append(line)
            self.right.append(sign * constant)
            self.basis.append(self.count + row)
            self.sign.append(sign)
        costs = {}
        for line in self.table:
            for column, factor in line.items():
                if column < self.count:
                    costs[column] = costs.get(column, 0) + factor
        left = -sum(self.right)
        costs = {column: cost for column, cost in costs.items() if cost}
        left, costs, bounded = self.climb(costs, left)
        assert bounded
        if left != 0:
            return False
        for row, column in enumerate(self.basis):
            if column >= self.count:
                other = min((c for c in self.table[row] if c < self.count), default=None)
                if other is not None:
                    self.pivot(row, other, {})
        return True

    def climb(self, costs, value):
        """Makes the objective as large as it can be; its value, reduced costs, and whether it is bounded."""
        stuck = 0
        while True:
            better = [(cost, column) for column, cost in costs.items() if column < self.count and cost > 0]
            if not better:
                return value, costs, True
            # The steepest column, but Bland's rule once nothing moves: it cannot go round in circles.
            if stuck < 20:
                column = max(better, key=lambda pair: (pair[0], -pair[1]))[1]
            else:
                column = min(column for _, column in better)
            best = None
            for row, line in enumerate(self.table):
                factor = line.get(column, 0)
                if factor > 0:
                    ratio = over(self.right[row], factor)
                    if best is None or (ratio, self.basis[row]) < best[:2]:
                        best = (ratio, self.basis[row], row)
                elif factor < 0 and self.basis[row] >= self.count and self.right[row] == 0:
                    # A helper that is still in the basis stays at nothing.
                    best = (0, -1, row)
                    break
            if best is None:
                return value, costs, False
            stuck = 0 if best[0] else stuck + 1
            value = tidy(value + costs[column] * best[0])
            self.pivot(best[2], column, costs)

    def pivot(self, row, column, costs):
        line = self.table[row]
        pivot = line[column]
        if pivot != 1:
            line = self.table[row] = {c: over(factor, pivot) for c, factor in line.items()}
            self.right[row] = over(self.right[row], pivot)
        for other, target in enumerate(self.table):
            if other != row and column in target:
                factor = target[column]
                subtract(target, line, factor)
                self.right[other] = tidy(self.right[other] - factor * self.right[row])
        if column in costs:
            subtract(costs, line, costs[column])
        self.basis[row] = column

    def extreme(self, unknowns, least):
        """The least or the most of a sum of unknowns, and the equations that prove it; none when there is no end."""
        direction = -1 if least else 1
        if least and self.seen_at_nothing(unknowns):
            return Fraction(0), []
        costs, value = {unknown: direction for unknown in unknowns}, 0
        for row, column in enumerate(self.basis):
            if column in costs:
                factor = costs[column]
                value = value + factor * self.right[row]
                subtract(costs, self.table[row], factor)
        value, costs, bounded = self.climb(costs, value)
        if not bounded:
            return None, []
        multipliers = {r: -costs.get(self.count + r, 0) * self.sign[r] for r in range(len(self.rows))}
        multipliers = {row: factor for row, factor in multipliers.items() if factor}
        self.prove(unknowns, direction, multipliers, value)
        words = [f"{direction * factor} x {self.labels[row]}" for row, factor in multipliers.items()]
        return Fraction(direction * value), words

    def seen_at_nothing(self, unknowns):
        """Whether the solution that the table stands at has none of a sum: there is no less."""
        return all(self.right[row] == 0 for row, column in enumerate(self.basis) if column in unknowns)

    def prove(self, unknowns, direction, multipliers, value):
        """Adds the equations up again as they were written down: every unknown has to count at least as it is asked for."""
        sums, constant = {}, 0
        for row, factor in multipliers.items():
            constant += factor * self.constants[row]
            for unknown, of in self.rows[row].items():
                sums[unknown] = sums.get(unknown, 0) + factor * of
        for unknown in set(sums) | set(unknowns):
            assert sums.get(unknown, 0) >= (direction if unknown in unknowns else 0), "the certificate is none"
        assert constant == value, "the certificate is of another bound"


def subtract(target, line, factor):
    get = target.get
    for column, of in line.items():
        value = get(column, 0) - factor * of
        if type(value) is Fraction and value.denominator == 1:
            value = value.numerator
        if value:
            target[column] = value
        else:
            target.pop(column, None)


def main():
    parser = argparse.ArgumentParser(description="What can be worked out from published releases.")
    parser.add_argument("folder", help="JSON files of releases")
    parser.add_argument("--sponsors", required=True, help="who sponsored what: JSON")
    parser.add_argument("--own", action="append", default=[], help="what one sponsor knows of itself: JSON; each attacks alone")
    parser.add_argument("--audience", choices=["public"], help="only what this audience reads")
    parser.add_argument("--output", help="print into a file instead")
    arguments = parser.parse_args()
    load = lambda path: json.loads(pathlib.Path(path).read_text(encoding="utf-8"))
    figures, sums = read_releases(arguments.folder)
    if arguments.audience:
        figures = {key: figure for key, figure in figures.items() if figure.audience.endswith(arguments.audience)}
        sums = [(total, parts) for total, parts in sums if total in figures]
    attack = Attack(figures, sums, Public(load(arguments.sponsors)))
    # Sponsors who look alike and know the same see the same of others, but for their own names.
    attacks, done = [], {}
    for record in [None, *map(load, arguments.own)]:
        insider = record and record["name"]
        own = attack.own_parts(record) if record else {}
        place = (insider and attack.public.kind(insider), tuple(sorted(own.items())))
        if place in done:
            alike = copy.deepcopy(done[place])
            theirs, alike["insider"] = alike["insider"], insider
            for bound in alike["bounds"]:
                bound["sponsors"] = [theirs if name == insider else name for name in bound["sponsors"]]
            for difference in alike["differences"]:
                difference["sponsor"] = theirs if difference["sponsor"] == insider else difference["sponsor"]
            attacks.append(alike)
            continue
        result = attack.run(insider, own)
        result["differences"] = attack.differences(insider, own)
        attacks.append(result)
        done[place] = result
    report = {
        "schema": 1,
        "figures": len(figures),
        "understood": sum(1 for meaning in attack.meanings.values() if meaning.row),
        "completed": attack.completed(),
        "attacks": attacks,
    }
    text = json.dumps(report, indent=1, ensure_ascii=False) + "\n"
    if arguments.output:
        pathlib.Path(arguments.output).write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)


if __name__ == "__main__":
    main()
