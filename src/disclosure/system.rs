//! The attack system: figures as sums of unknown amounts, and who holds the amounts.

use std::collections::{BTreeMap, HashMap};

/// A figure by its place in [`System::figures`].
pub type FigureNo = usize;
/// A contributor by its place in [`System::holders`].
pub type HolderNo = usize;

/// How a contributor's amounts are kept from readers.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Protection {
    /// Not at all.
    None,
    /// No amount may be determined. Amounts are never consulted, so that what is withheld tells nothing of them.
    Structural,
    /// No amount may be bounded to within the rules' share of it.
    Interval,
}

/// A contributor.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Holder {
    /// Who it is, for messages and reports to the treasurer: a party's number; zero are all amounts without a party.
    pub party: i64,
    /// How it is protected.
    pub protection: Protection,
    /// Whether it is a human being; another number of them has to stand behind a figure.
    pub person: bool,
    /// Whether it is somebody else than the organisation: counts as a contributor, and may read what is published.
    pub outside: bool,
}

/// Amounts of contributors that have the same coefficients in every figure.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Unknown {
    /// Coefficients by figure, none zero, in order.
    pub coefficients: Vec<(FigureNo, i64)>,
    /// Amounts by contributor, each positive, in order.
    pub holders: BTreeMap<HolderNo, i128>,
}

/// Figures, the unknown amounts behind them, and their holders.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct System {
    /// Value of each figure, in minor units.
    pub figures: Vec<i128>,
    /// What of each figure everybody is taken to know: the organisation's own amounts. No unknown is hidden by them.
    pub known: Vec<i128>,
    /// The unknowns.
    pub unknowns: Vec<Unknown>,
    /// The contributors.
    pub holders: Vec<Holder>,
    /// Unknowns and coefficients of each figure.
    rows: Vec<Vec<(usize, i64)>>,
}

impl System {
    /// A system of figures; amounts with the same coefficients come together.
    ///
    /// An amount is given by its contributor, its coefficients (sorted by figure, none zero) and its minor units, which are
    /// positive. An amount that counts twice in every figure is taken as one of twice the size.
    #[must_use]
    pub fn new(figures: usize, holders: Vec<Holder>, amounts: impl IntoIterator<Item = Amount>) -> Self {
        let mut places: HashMap<Vec<(FigureNo, i64)>, usize> = HashMap::new();
        let mut unknowns: Vec<Unknown> = Vec::new();
        let mut values = vec![0_i128; figures];
        for Amount { holder, mut coefficients, minor } in amounts {
            if coefficients.is_empty() || minor == 0 {
                continue;
            }
            for (figure, coefficient) in &coefficients {
                values[*figure] += i128::from(*coefficient) * minor;
            }
            let shared = coefficients.iter().fold(0, |shared, (_, c)| super::space::gcd(shared, i128::from(*c))).max(1);
            let unit = i64::try_from(shared).unwrap_or(1);
            for (_, coefficient) in &mut coefficients {
                *coefficient /= unit;
            }
            let place = *places.entry(coefficients).or_insert_with_key(|coefficients| {
                unknowns.push(Unknown { coefficients: coefficients.clone(), holders: BTreeMap::new() });
                unknowns.len() - 1
            });
            *unknowns[place].holders.entry(holder).or_default() += minor * i128::from(unit);
        }
        let mut rows = vec![Vec::new(); figures];
        for (u, unknown) in unknowns.iter().enumerate() {
            for (figure, coefficient) in &unknown.coefficients {
                rows[*figure].push((u, *coefficient));
            }
        }
        Self { figures: values, known: vec![0; figures], unknowns, holders, rows }
    }

    /// Takes an amount of a figure as known to everybody.
    pub fn know(&mut self, figure: FigureNo, minor: i128) {
        self.figures[figure] += minor;
        self.known[figure] += minor;
    }

    /// The unknowns of a figure with their coefficients.
    #[must_use]
    pub fn row(&self, figure: FigureNo) -> &[(usize, i64)] {
        &self.rows[figure]
    }

    /// The unknowns of every contributor.
    #[must_use]
    pub fn by_holder(&self) -> Vec<Vec<usize>> {
        let mut lists = vec![Vec::new(); self.holders.len()];
        for (u, unknown) in self.unknowns.iter().enumerate() {
            for holder in unknown.holders.keys() {
                lists[*holder].push(u);
            }
        }
        lists
    }
}

/// One amount of one contributor.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Amount {
    /// Whose.
    pub holder: HolderNo,
    /// What it adds to each figure, as a multiple of itself.
    pub coefficients: Vec<(FigureNo, i64)>,
    /// Minor units, positive.
    pub minor: i128,
}
