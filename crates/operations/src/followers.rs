//! Who follows the stream of events: for now those who keep the list of customers true.

use kernel::event;
use platform::events::{Consumers, Recorded, Subscription};

use crate::views::admin::customers;

/// After these something is different about a customer.
const ABOUT_CUSTOMERS: &[&str] = &[
    event::ORDER_PLACED,
    event::PAYMENT_SUCCEEDED,
    event::ORDER_REFUNDED,
    event::CUSTOMER_UPDATED,
    event::CUSTOMER_ERASED,
    event::SIGNED_UP,
    event::CREDENTIALS_CHANGED,
    event::IMPORT_FINISHED,
];

/// All followers of the program.
#[must_use]
pub fn followers() -> Vec<Subscription> {
    vec![Subscription::new(
        "customer facts",
        ABOUT_CUSTOMERS,
        |tx, _, event: &Recorded| {
            Box::pin(async move {
                if let Some(id) = customers::concerned(tx, event).await? {
                    return customers::refresh(tx, id).await;
                }
                if event.name == event::IMPORT_FINISHED {
                    loop {
                        let new = customers::without_facts(tx).await?;
                        if new.is_empty() {
                            break;
                        }
                        for id in new {
                            customers::refresh(tx, id).await?;
                        }
                    }
                }
                Ok(())
            })
        },
    )]
}

/// The same, to be run to the end of the stream by tests and one-shot commands.
#[must_use]
pub fn consumers() -> Consumers {
    Consumers(followers())
}
