//! Words of the conference that are enumerations: who pays, roles, methods. One macro, so that the word in a file, on
//! the command line and in the chain is the same.

macro_rules! words {
    ($(#[$doc:meta])* $name:ident, $what:literal, $expected:literal { $($(#[$case_doc:meta])* $case:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $($(#[$case_doc])* #[serde(rename = $word)] $case),+
        }

        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$case),+];

            /// The word used in input, output and the chain.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$case => $word),+ }
            }
        }

        impl std::str::FromStr for $name {
            type Err = crate::ledger::LedgerError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let wanted = text.trim().to_lowercase().replace('_', "-");
                Self::ALL.iter().copied().find(|w| w.word() == wanted).ok_or_else(|| {
                    crate::ledger::LedgerError::BadWord { what: $what, value: text.to_owned(), expected: $expected }
                })
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.word())
            }
        }
    };
}

words! {
    /// Who pays for admissions to an event: the policy it is held under.
    WhoPays, "a policy", "everyone-pays, everyone-pays-strict, speakers-free" {
        /// Everyone, speakers and organisers too; somebody pays for every admission. The board may record exceptions.
        EveryonePays = "everyone-pays",
        /// The same without exceptions.
        EveryonePaysStrict = "everyone-pays-strict",
        /// Speakers and keynote speakers enter free; others by choice of the organiser.
        SpeakersFree = "speakers-free",
    }
}

words! {
    /// What someone is at a conference.
    Role, "a role", "attendee, speaker, keynote, instructor, organiser, volunteer, exhibitor, press" {
        /// Attends.
        Attendee = "attendee",
        /// Gives a talk.
        Speaker = "speaker",
        /// Gives a keynote.
        Keynote = "keynote",
        /// Teaches a tutorial.
        Instructor = "instructor",
        /// Organises.
        Organiser = "organiser",
        /// Helps.
        Volunteer = "volunteer",
        /// Stands at a booth.
        Exhibitor = "exhibitor",
        /// Reports.
        Press = "press",
    }
}

impl WhoPays {
    /// Whether people in a role enter free under the policy.
    #[must_use]
    pub const fn lets_in_free(self, role: Role) -> bool {
        matches!(self, Self::SpeakersFree) && matches!(role, Role::Speaker | Role::Keynote)
    }
}

words! {
    /// Who pays for an admission.
    Payer, "who pays", "self, employer, pass, aid, waiver" {
        /// The person.
        Own = "self",
        /// Their employer.
        Employer = "employer",
        /// A sponsor, with the passes of its package.
        Pass = "pass",
        /// The organiser's ticket aid.
        Aid = "aid",
        /// Nobody: the price is waived.
        Waiver = "waiver",
    }
}

words! {
    /// What can be ordered.
    ItemKind, "a kind of ticket", "admission, tutorial, merchandise, donation" {
        /// Entry to the event.
        Admission = "admission",
        /// A tutorial.
        Tutorial = "tutorial",
        /// Goods.
        Merchandise = "merchandise",
        /// A gift.
        Donation = "donation",
    }
}

words! {
    /// How money moves.
    Method, "a method of payment", "card, platform, wallet, wire, cheque, cash, host, in-kind" {
        /// By card, through the processor's clearing account (1110).
        Card = "card",
        /// Through the ticket platform (1120).
        Platform = "platform",
        /// Through an online wallet (1130).
        Wallet = "wallet",
        /// Bank transfer (1010).
        Wire = "wire",
        /// Cheque (1010).
        Cheque = "cheque",
        /// Cash (1010, unless another account is named).
        Cash = "cash",
        /// Money that the host (fiscal sponsor) holds (1710).
        Host = "host",
        /// Goods or services instead of money; the account they are booked to must be named.
        InKind = "in-kind",
    }
}

words! {
    /// What a buyer wants when an event is cancelled.
    Choice, "a choice", "refund, donate, carry" {
        /// The money back.
        Refund = "refund",
        /// The organisation may keep it.
        Donate = "donate",
        /// Admission to the next event instead.
        Carry = "carry",
    }
}

words! {
    /// How ticket aid is shown in the statements.
    AidBasis, "an aid basis", "concession, grant" {
        /// As less revenue: a price concession.
        Concession = "concession",
        /// As a grant expense, by recorded election.
        Grant = "grant",
    }
}

words! {
    /// Where a recipient of aid lives, seen from the organisation.
    Residence, "a residence", "domestic, foreign" {
        /// In the organisation's country.
        Domestic = "domestic",
        /// Elsewhere.
        Foreign = "foreign",
    }
}

words! {
    /// What is given instead of money.
    InKind, "a gift in kind", "goods, services" {
        /// Goods.
        Goods = "goods",
        /// Services, or the use of facilities.
        Services = "services",
    }
}

words! {
    /// What a benefit is to the tax on unrelated business (Treas. Reg. 1.513-3 and 1.513-4).
    BenefitKind, "a kind of benefit", "booth, advertising, other" {
        /// A booth at the trade show.
        Booth = "booth",
        /// Advertising: comparisons, prices, a call to buy.
        Advertising = "advertising",
        /// Anything else: passes, a workshop, a job fair.
        Other = "other",
    }
}

words! {
    /// The kinds of documents.
    DocumentKind, "a kind of document", "order, sponsorship, contract, bill, claim, application, invoice, credit-note, gift" {
        /// An order of tickets.
        Order = "order",
        /// A sponsorship.
        Sponsorship = "sponsorship",
        /// A contract with a vendor.
        Contract = "contract",
        /// A vendor's bill.
        Bill = "bill",
        /// A volunteer's expense claim.
        Claim = "claim",
        /// An application for aid.
        Application = "application",
        /// An invoice to a customer.
        Invoice = "invoice",
        /// A credit note.
        CreditNote = "credit-note",
        /// A gift to a fund.
        Gift = "gift",
    }
}

/// What the documents of an event are, in the order in which they take part when it is held or cancelled.
pub const EVENT_DOCUMENTS: [DocumentKind; 4] =
    [DocumentKind::Order, DocumentKind::Sponsorship, DocumentKind::Contract, DocumentKind::Bill];
