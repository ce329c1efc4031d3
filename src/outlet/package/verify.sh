#!/bin/sh
# Checks this package with stock tools: sh, awk, sort, sha256sum (or shasum), python3; hledger, where it is there.
#
#     sh verify.sh [N:HASH]
#
# N:HASH is a head that was written down earlier, in the minutes for example: the chain must contain it.
# Prints one line a check, and what differs. Exits with 0 when everything agrees, else with 1.
cd "$(dirname "$0")" || exit 1
failed=0

result() { # what, differences
    if [ -z "$2" ]; then
        echo "ok      $1"
    else
        failed=1
        echo "FAILED  $1"
        printf '%s\n' "$2" | head -n 20 | sed 's/^/        /'
    fi
}

# Reads CSV (RFC 4180, also fields of several lines) into f[1..n]; amounts become whole minor units. All amounts have the
# decimals of the first; agree.py knows how many the currency has.
csv='
function fields(line,    n, i, v) {
    n = 0
    while (1) {
        if (substr(line, 1, 1) == "\"") {
            match(line, /^"([^"]|"")*"/)
            v = substr(line, 2, RLENGTH - 2)
            gsub(/""/, "\"", v)
            line = substr(line, RLENGTH + 1)
        } else {
            i = index(line, ",")
            v = i ? substr(line, 1, i - 1) : line
            line = i ? substr(line, i) : ""
        }
        f[++n] = v
        if (substr(line, 1, 1) != ",") return n
        line = substr(line, 2)
    }
}
function minor(amount,    point, n) {
    point = index(amount, ".")
    n = point ? length(amount) - point : 0
    if (decimals == "") decimals = n
    if (n != decimals || amount !~ /^-?(0|[1-9][0-9]*)(\.[0-9]+)?$/)
        print FILENAME ": " amount " is no amount with " decimals " decimals"
    sub(/\./, "", amount)
    return amount + 0
}
function whole(amount) { return sprintf("%.0f", amount) }
{
    record = open ? record "\n" $0 : $0
    quotes = record
    open = gsub(/"/, "", quotes) % 2
    if (open) next
    fields(record)
}
'

# 1. Every file is as it was written, none is missing, none was added.
files() {
    [ -e SHA256SUMS ] || { echo "SHA256SUMS: missing" && return; }
    if command -v sha256sum > /dev/null; then
        sha256sum -c SHA256SUMS 2> /dev/null | grep -v ': OK$'
    else
        shasum -a 256 -c SHA256SUMS 2> /dev/null | grep -v ': OK$'
    fi
    awk '!/^[0-9a-f]+  [^ ]+$/ { print "SHA256SUMS: line " NR " is no checksum" }' SHA256SUMS
    for file in * .[!.]* ..?*; do
        { [ -e "$file" ] || [ -h "$file" ]; } && [ "$file" != SHA256SUMS ] && ! awk -v f="$file" 'substr($0, 67) == f { found = 1 }
            END { exit !found }' SHA256SUMS && echo "$file: not listed in SHA256SUMS"
    done
    for file in HEAD PERIOD README.md agree.py chain.jsonl chart.csv journal.csv journal.hledger receipts.csv \
        recompute.py trial-balance.csv verify.sh; do
        [ -e "$file" ] || echo "$file: missing"
    done
}
result "every file is as it was written (SHA256SUMS)" "$(files)"

# 2. Every entry balances, in all and in every fund.
result "every entry of journal.csv balances, also in every fund" "$(LC_ALL=C awk "$csv"'
    f[1] == "entry" { next }
    { sum[f[1]] += minor(f[7]); funds[f[1] " in fund " (f[9] == "" ? "general" : f[9])] += minor(f[7]) }
    END {
        for (e in sum) if (sum[e] != 0) print "journal.csv: entry " e " is off by " whole(sum[e]) " minor units"
        for (e in funds) if (funds[e] != 0) print "journal.csv: entry " e " is off by " whole(funds[e]) " minor units"
    }' journal.csv 2>&1 | sort -u)"

# 3. The journal adds up to the trial balance, account by account.
result "journal.csv adds up to trial-balance.csv" "$(LC_ALL=C awk "$csv"'
    FNR == 1 { next }
    FILENAME == "trial-balance.csv" {
        account[f[1]]
        if (minor(f[2]) != minor(f[3]) - minor(f[4])) print FILENAME ": " f[1] ": the balance is not debit less credit"
        debit[f[1]] -= minor(f[3]); credit[f[1]] -= minor(f[4]); count[f[1]] -= f[5]
        next
    }
    {
        account[f[6]]
        amount = minor(f[7])
        if (amount > 0) debit[f[6]] += amount; else credit[f[6]] -= amount
        count[f[6]]++
    }
    END {
        for (a in account) if (debit[a] != 0 || credit[a] != 0 || count[a] != 0)
            print "trial-balance.csv: " a ": the journal has " whole(debit[a]) " minor units of debits, " \
                whole(credit[a]) " of credits and " whole(count[a]) " postings more"
    }' trial-balance.csv journal.csv 2>&1 | sort -u)"

# 4. The chain recomputes to the head, and the other files say what the chain says.
if command -v python3 > /dev/null; then
    head=$(python3 recompute.py chain.jsonl 2>&1)
    if [ "$head" = "$(cat HEAD 2> /dev/null)" ]; then
        result "chain.jsonl recomputes to HEAD" ""
    else
        result "chain.jsonl recomputes to HEAD" "HEAD or chain.jsonl: the chain gives $head"
    fi
    result "journals, chart and trial balance have what chain.jsonl has" "$(python3 agree.py "$@" 2>&1)"
    period=$(python3 agree.py --period 2>&1)
else

    result "chain.jsonl recomputes to HEAD" "not checked: there is no python3"
fi

# 5. hledger comes to the same balances.
if command -v hledger > /dev/null; then
    theirs="${TMPDIR:-/tmp}/balances.$$"
    # Names are UTF-8, and hledger reads them only where that is the machine's encoding.
    [ "$(locale charmap 2> /dev/null)" = UTF-8 ] || { LC_ALL=C.UTF-8 && export LC_ALL; }
    hledger -f journal.hledger balance -E --flat -N -O csv > "$theirs" 2> /dev/null
    result "hledger comes to the same balances" "$(LC_ALL=C awk "$csv"'
        FNR == 1 { next }
        FILENAME == "trial-balance.csv" { account[f[1]]; balance[f[1]] = minor(f[2]); next }
        { account[f[1]]; sub(/ .*/, "", f[2]); sub(/\.$/, "", f[2]); theirs[f[1]] = f[2] == "0" ? 0 : minor(f[2]) }
        END {
            for (a in account) if (balance[a] != theirs[a])
                print "journal.hledger: " a ": " whole(theirs[a]) ", trial-balance.csv: " whole(balance[a]) " minor units"
        }' trial-balance.csv "$theirs" 2>&1 | sort -u)"
    rm -f "$theirs"
else
    echo "left out: hledger is not there"
fi

# Which entries a package is of is a choice, which nothing in it can prove.
case "$period" in
    Period*) ;;
    *) period="Period $(head -n 2 PERIOD 2> /dev/null | tr '\n' ' ')" ;;
esac
echo "$period: compare it with what you asked for."
if [ $failed -eq 0 ]; then
    echo "Everything agrees. Head $head"
else
    echo "Something differs."
fi
exit $failed
