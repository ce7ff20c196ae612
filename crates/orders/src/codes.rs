//! Enums whose values have a stored code: the same text in the database, in JSON and in message keys.

/// A text that is none of the codes of its kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is none of {1}")]
pub struct UnknownCode(pub String, pub &'static str);

macro_rules! codes {
    ($(#[$doc:meta])* $name:ident { $($(#[$inner:meta])* $variant:ident = $code:literal,)* }) => {
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize, schemars::JsonSchema,
        )]
        pub enum $name { $( $(#[$inner])* #[serde(rename = $code)] $variant, )* }

        impl $name {
            /// All values in the order of declaration.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The stored code.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.code())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::codes::UnknownCode;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let found = Self::ALL.iter().copied().find(|value| value.code() == text);
                found.ok_or_else(|| $crate::codes::UnknownCode(text.to_owned(), concat!($($code, " ",)*)))
            }
        }

        impl platform::db::IntoValue for $name {
            fn into_value(self) -> platform::db::Value {
                platform::db::IntoValue::into_value(self.code())
            }
        }
    };
}

pub(crate) use codes;
