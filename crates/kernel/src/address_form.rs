//! What an address is made of, country by country, in the order in which its people write it.

/// A field of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AddressField {
    /// Its name in [`crate::Address`].
    pub name: &'static str,
    /// Whether a parcel needs it.
    pub required: bool,
}

/// The fields of a country's addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AddressForm {
    /// Which words its fields have: `tw`, `hk`, `cn`, or `other` for all other countries.
    pub code: &'static str,
    /// The fields after the name, in their order.
    pub fields: &'static [AddressField],
    postal: &'static [usize],
}

/// Countries that a shop can send parcels to by name, those of Chinese-speaking people first.
pub const COUNTRIES: &[&str] = &[
    "TW", "HK", "MO", "CN", "SG", "MY", "JP", "KR", "TH", "US", "CA", "GB", "DE", "FR", "AU", "NZ",
];

const fn must(name: &'static str) -> AddressField {
    AddressField {
        name,
        required: true,
    }
}

const fn may(name: &'static str) -> AddressField {
    AddressField {
        name,
        required: false,
    }
}

const TAIWAN: AddressForm = AddressForm {
    code: "tw",
    fields: &[
        must("region"),
        must("city"),
        must("postal_code"),
        must("line1"),
        may("line2"),
    ],
    postal: &[3, 5, 6],
};
const HONG_KONG: AddressForm = AddressForm {
    code: "hk",
    fields: &[must("region"), must("city"), must("line1"), may("line2")],
    postal: &[],
};
const MAINLAND: AddressForm = AddressForm {
    code: "cn",
    fields: &[
        must("region"),
        must("city"),
        must("district"),
        must("line1"),
        may("line2"),
        may("postal_code"),
    ],
    postal: &[6],
};
const OTHER: AddressForm = AddressForm {
    code: "other",
    fields: &[
        must("line1"),
        may("line2"),
        must("city"),
        may("region"),
        may("postal_code"),
    ],
    postal: &[],
};

impl AddressForm {
    /// The form of a country.
    #[must_use]
    pub fn of(country: &str) -> &'static Self {
        match country {
            "TW" => &TAIWAN,
            "HK" => &HONG_KONG,
            "CN" => &MAINLAND,
            _ => &OTHER,
        }
    }

    /// Whether a text can be a postal code there.
    #[must_use]
    pub fn fits_postal_code(&self, code: &str) -> bool {
        let code = code.trim();
        if self.postal.is_empty() {
            let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, ' ' | '-');
            return code.len() <= 12 && code.chars().all(plain);
        }
        self.postal.contains(&code.len()) && code.bytes().all(|b| b.is_ascii_digit())
    }

    /// The message key for a postal code that is none.
    #[must_use]
    pub fn postal_problem(&self) -> &'static str {
        match self.code {
            "tw" => "error-postal-code",
            "cn" => "error-postal-code-cn",
            _ => "error-postal-code-other",
        }
    }
}
