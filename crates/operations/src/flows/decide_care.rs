//! What the shop decides about people's data and about its letters: each page of the settings is one command.

use customers::account;
use engagement::{Content, MessageKind, NewMessage, message, template};
use kernel::{Email, MessageId};
use platform::{Ctx, Tx, auth::session, settings};

use super::{
    decide::{LINE, SHORT, Wrong},
    tell,
};
use crate::{
    FlowError,
    retention::{RETENTION, Retention},
    shop::{self, AskConsent, LetterSender, SHOP, Shop},
};

/// How the shop treats what it knows about people.
#[derive(Debug, Clone, Copy)]
pub struct Privacy {
    /// Whether browsers are asked before their visits are measured.
    pub ask_consent: AskConsent,
    /// Days that staff stay signed in.
    pub staff_days: i64,
    /// Days that customers stay signed in.
    pub customer_days: i64,
    /// How long things are kept.
    pub retention: Retention,
}

/// Says how the shop treats what it knows about people. Sessions that are open keep their end; what is too old goes with
/// the next daily run.
///
/// # Errors
/// [`FlowError::Fields`] with everything that is wrong.
pub async fn privacy(tx: &mut Tx, ctx: &Ctx, new: Privacy) -> Result<(), FlowError> {
    let mut wrong = Wrong::default();
    let kept = new.retention;
    for (field, value, least, most) in [
        ("staff_days", new.staff_days, 1, session::LONGEST),
        ("customer_days", new.customer_days, 1, session::LONGEST),
        ("sign_in_days", kept.sign_in_days, 1, 365),
        ("cart_days", kept.cart_days, 1, 730),
        ("letter_days", kept.letter_days, 30, 3_650),
        ("work_days", kept.work_days, 1, 365),
        // A card can be disputed for four months; the message says what was charged.
        ("provider_days", kept.provider_days, 120, 3_650),
        ("books_years", kept.books_years, 1, 30),
    ] {
        wrong.range(field, value, least, most);
    }
    wrong.end()?;
    settings::save(tx, ctx, RETENTION, &kept).await?;
    let stay = session::Stay {
        days: new.staff_days,
    };
    settings::save(tx, ctx, session::STAY, &stay).await?;
    let stay = account::Stay {
        days: new.customer_days,
    };
    settings::save(tx, ctx, account::STAY, &stay).await?;
    settings::change(tx, ctx, SHOP, |shop: &mut Shop| {
        shop.ask_consent = new.ask_consent;
        Ok::<_, FlowError>(())
    })
    .await
    .map(|_| ())
}

/// Says how letters look and where they come from. Letters that wait already leave as they were written.
///
/// # Errors
/// [`FlowError::Fields`] with everything that is wrong.
pub async fn letters(tx: &mut Tx, ctx: &Ctx, new: LetterSender) -> Result<(), FlowError> {
    let mut wrong = Wrong::default();
    wrong.long("name", &new.name, SHORT);
    wrong.long("footer", &new.footer, LINE);
    for (field, text) in [("address", &new.address), ("reply_to", &new.reply_to)] {
        wrong.when(
            !text.is_empty() && Email::parse(text).is_err(),
            field,
            "error-email",
        );
    }
    wrong.end()?;
    settings::change(tx, ctx, SHOP, |shop: &mut Shop| {
        shop.letters = new;
        Ok::<_, FlowError>(())
    })
    .await
    .map(|_| ())
}

/// Sends somebody of the shop an example of a letter as it would leave now: through the same queue and mail server, from
/// the same sender.
///
/// # Errors
/// Whatever the database says.
pub async fn test_letter(tx: &mut Tx, ctx: &Ctx, to: Email) -> Result<(), FlowError> {
    let shop = shop::load(tx).await?;
    let locale = ctx.locale();
    let examples = template::samples(MessageKind::InquiryAnswered, locale);
    let example = examples.into_iter().find_map(|content| match content {
        Content::InquiryAnswered(example) => Some(example),
        _ => None,
    });
    let mut example = example.ok_or(FlowError::NotFound)?;
    example.shop = tell::sender_in(&shop, locale);
    let new = NewMessage {
        content: Content::InquiryAnswered(example),
        recipient: to,
        order_id: None,
        customer_id: None,
        occurrence: format!("test:{}", MessageId::new()),
        locale,
    };
    message::queue(tx, ctx, new).await?;
    Ok(())
}
