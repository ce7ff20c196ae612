//! Enumerations whose values are stored, sent and translated under one code each.

/// A text that is none of an enumeration's codes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no such code")]
pub struct UnknownCode(pub String);

/// Declares an enumeration with one code for the database, JSON and translations.
macro_rules! codes {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $code:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[derive(serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
        pub enum $name {
            $($(#[$variant_doc])* #[serde(rename = $code)] $variant,)*
        }

        impl $name {
            /// All values in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The code as stored, sent and translated.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::UnknownCode;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($code => Ok(Self::$variant),)*
                    other => Err($crate::UnknownCode(other.to_owned())),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.code())
            }
        }

        impl platform::db::IntoValue for $name {
            fn into_value(self) -> platform::db::Value {
                platform::db::Value::Text(self.code().to_owned())
            }
        }
    };
}

pub(crate) use codes;
