//! Example contents of every kind, in every language: for previews, for the list of variables, and to try a changed
//! template on everything it will meet.

use kernel::{Currency, Locale, Money, Timestamp};

use crate::{
    Content, MessageKind,
    content::{
        AccountChange, AccountChanged, AccountLink, BankAccount, Destination, Due, InquiryAnswered,
        Line, Order, OrderBefore, OrderCancelled, OrderChanged, OrderConfirmation, OrderDelayed,
        OrderExpired, OrderPaid, OrderPayLink, OrderRefunded, OrderRestored, OrderShipped, Parcel,
        ParcelLine, PaymentFailed, Proof, Question, Shop,
    },
    sample_words::words,
};

/// 2 March 2026, 10:00 in Taipei.
const PLACED: Timestamp = Timestamp::from_micros(1_772_416_800_000_000);
const DAY: i64 = 86_400;

const fn dollars(amount: i64) -> Money {
    Money::new(amount * 100, Currency::TWD)
}

fn shop(locale: Locale) -> Shop {
    let words = words(locale);
    Shop {
        name: words.shop.into(),
        url: "https://shop.example.tw/".into(),
        email: Some("service@shop.example.tw".into()),
        phone: Some("02-2345-6789".into()),
        hours: Some(words.hours.into()),
        footer: Some(format!("{} · 12345675", words.shop)),
        sender: None,
        from: None,
        reply_to: None,
    }
}

fn order(locale: Locale, method: &str) -> Order {
    let words = words(locale);
    let [(tea, tea_variant), (pot, pot_variant)] = words.goods;
    let line = |title: &str, variant: &str, quantity: i64, price: i64| Line {
        title: title.into(),
        variant_title: variant.into(),
        quantity,
        unit_price: dollars(price),
        gift: price == 0,
        total: dollars(price * quantity),
    };
    Order {
        number: "20260302-000123".into(),
        url: "https://shop.example.tw/orders/3jQ8sXr0bT5mKzVwYpLcNd7uHfGaE2oI".into(),
        placed_at: PLACED,
        buyer_name: words.buyer.into(),
        lines: vec![
            line(tea, tea_variant, 2, 580),
            line(pot, pot_variant, 1, 1_280),
            line(tea, "", 1, 0),
        ],
        subtotal: dollars(2_440),
        discount: dollars(100),
        shipping: dollars(80),
        gift_wrap: Some(dollars(60)),
        fees: dollars(0),
        total: dollars(2_480),
        payment_method: method.into(),
        delivery_name: words.delivery.into(),
        address: Destination {
            name: words.buyer.into(),
            phone: "0912345678".into(),
            text: words.address.into(),
            keep_days: None,
        },
        gift_message: Some(words.gift.into()),
    }
}

fn due(locale: Locale, method: &str) -> Due {
    let words = words(locale);
    let on_delivery = method == "cash_on_delivery";
    let bank = BankAccount {
        bank: words.bank.into(),
        code: "004".into(),
        account: "0450-1234-5678".into(),
        holder: words.shop.into(),
    };
    Due {
        method: method.into(),
        amount: dollars(2_480),
        until: (!on_delivery).then(|| PLACED.plus_seconds(3 * DAY)),
        pay_url: (!on_delivery).then(|| format!("{}/payment", order(locale, method).url)),
        bank: (method == "bank_transfer").then_some(bank),
    }
}

/// The plainest order there is: nothing optional.
fn bare(order: Order) -> Order {
    Order {
        discount: dollars(0),
        shipping: dollars(0),
        gift_wrap: None,
        gift_message: None,
        ..order
    }
}

/// The same order, collected and paid at a store.
fn at_store(order: Order) -> Order {
    Order {
        address: Destination {
            text: "7-ELEVEN 131386".into(),
            keep_days: Some(7),
            ..order.address
        },
        ..order
    }
}

fn confirmations(locale: Locale) -> Vec<Content> {
    let of = |order: Order, due: Option<Due>| {
        let ship_by = order
            .gift_message
            .as_ref()
            .map(|_| PLACED.plus_seconds(DAY));
        Content::OrderConfirmation(Box::new(OrderConfirmation {
            shop: shop(locale),
            order,
            due,
            ship_by,
        }))
    };
    vec![
        of(
            order(locale, "bank_transfer"),
            Some(due(locale, "bank_transfer")),
        ),
        of(order(locale, "card"), Some(due(locale, "card"))),
        of(
            order(locale, "cash_on_delivery"),
            Some(due(locale, "cash_on_delivery")),
        ),
        of(
            at_store(order(locale, "cash_on_delivery")),
            Some(due(locale, "cash_on_delivery")),
        ),
        of(bare(order(locale, "card")), None),
        of(
            bare(order(locale, "card")),
            Some(Due {
                until: None,
                pay_url: None,
                ..due(locale, "card")
            }),
        ),
    ]
}

fn pay_links(locale: Locale) -> Vec<Content> {
    let of = |order: Order, until, ship_by| {
        Content::OrderPayLink(Box::new(OrderPayLink {
            shop: shop(locale),
            order,
            until,
            ship_by,
        }))
    };
    vec![
        of(
            order(locale, "card"),
            Some(PLACED.plus_seconds(3 * DAY)),
            Some(PLACED.plus_seconds(DAY)),
        ),
        of(bare(order(locale, "card")), None, None),
    ]
}

fn changed_orders(locale: Locale) -> Vec<Content> {
    let now = order(locale, "card");
    let lines: Vec<Line> = now.lines.iter().take(1).cloned().collect();
    let cost: i64 = lines.iter().map(|l| l.total.amount).sum();
    let before = |moved: bool| OrderBefore {
        lines: lines.clone(),
        shipping: now.shipping,
        gift_wrap: None,
        total: Money::new(cost + now.shipping.amount, now.total.currency),
        delivery_name: moved.then(|| now.delivery_name.clone()),
        address: moved.then(|| now.address.clone()),
    };
    let of = |method: &str, moved: bool, due: Option<Due>, refund: Option<Money>| {
        Content::OrderChanged(Box::new(OrderChanged {
            shop: shop(locale),
            order: order(locale, method),
            before: before(moved),
            goods_changed: due.is_some() || refund.is_some(),
            due,
            refund,
        }))
    };
    let due_now = |method: &str| Due {
        amount: dollars(1_180),
        ..due(locale, method)
    };
    vec![
        of("card", false, Some(due_now("card")), None),
        of("bank_transfer", true, Some(due_now("bank_transfer")), None),
        of("card", false, None, Some(dollars(300))),
        of("card", true, None, None),
    ]
}

fn delays(locale: Locale) -> Vec<Content> {
    let reason = words(locale).delay;
    let of = |before: Option<Timestamp>| {
        Content::OrderDelayed(Box::new(OrderDelayed {
            shop: shop(locale),
            order: order(locale, "card"),
            reason: reason.into(),
            before,
            ship_by: PLACED.plus_seconds(4 * DAY),
        }))
    };
    vec![of(Some(PLACED.plus_seconds(DAY))), of(None)]
}

fn shipments(locale: Locale) -> Vec<Content> {
    let words = words(locale);
    let lines: Vec<ParcelLine> = order(locale, "card")
        .lines
        .into_iter()
        .map(|line| ParcelLine {
            title: line.title,
            variant_title: line.variant_title,
            quantity: line.quantity,
        })
        .collect();
    let whole = Parcel {
        courier: words.courier.into(),
        tracking_number: Some("900123456789".into()),
        tracking_url: Some("https://tracking.example.tw/900123456789".into()),
        lines,
        arrives_from: Some("2026-03-04".into()),
        arrives_until: Some("2026-03-05".into()),
        rest_follows: false,
        rest: Vec::new(),
    };
    let part = Parcel {
        rest: whole.lines.clone(),
        tracking_number: None,
        tracking_url: None,
        arrives_from: None,
        arrives_until: None,
        rest_follows: true,
        ..whole.clone()
    };
    let of = |order, parcel, due| {
        Content::OrderShipped(Box::new(OrderShipped {
            shop: shop(locale),
            order,
            parcel,
            due,
        }))
    };
    vec![
        of(order(locale, "card"), whole.clone(), None),
        of(
            at_store(order(locale, "cash_on_delivery")),
            whole,
            Some(due(locale, "cash_on_delivery")),
        ),
        of(
            bare(order(locale, "cash_on_delivery")),
            part,
            Some(due(locale, "cash_on_delivery")),
        ),
    ]
}

fn failures(locale: Locale) -> Vec<Content> {
    let codes = [
        "insufficient_funds",
        "limit_reached",
        "expired_card",
        "declined_by_bank",
        "authentication_failed",
        "suspected_fraud",
        "wrong_details",
        "not_processed",
        "timed_out",
        "another_reason",
    ];
    let of = |code: &str| {
        let order = order(locale, "card");
        Content::PaymentFailed(Box::new(PaymentFailed {
            shop: shop(locale),
            amount: order.total,
            decline_code: code.into(),
            pay_url: format!("{}/payment", order.url),
            until: (code != "another_reason").then(|| PLACED.plus_seconds(3 * DAY)),
            order,
        }))
    };
    codes.into_iter().map(of).collect()
}

fn endings(locale: Locale, kind: MessageKind) -> Vec<Content> {
    let reason = words(locale).reason;
    let of = |method: &str, full: bool| {
        let (shop, order) = (shop(locale), order(locale, method));
        let (reason, amount) = (full.then(|| reason.to_owned()), order.total);
        match kind {
            MessageKind::OrderCancelled => {
                let refund = full.then_some(amount);
                Content::OrderCancelled(Box::new(OrderCancelled {
                    shop,
                    order,
                    reason,
                    refund,
                    undo_until: (!full).then(|| PLACED.plus_seconds(3_600)),
                }))
            }
            _ => Content::OrderRefunded(Box::new(OrderRefunded {
                shop,
                order,
                amount,
                whole: full,
                reason,
            })),
        }
    };
    vec![
        of("card", true),
        of("bank_transfer", false),
        of("cash_on_delivery", false),
    ]
}

fn answers(locale: Locale) -> Vec<Content> {
    let words = words(locale);
    let of = |order_number: Option<&str>, message: &str| {
        Content::InquiryAnswered(Box::new(InquiryAnswered {
            shop: shop(locale),
            inquiry: Question {
                name: words.buyer.into(),
                message: message.into(),
                order_number: order_number.map(str::to_owned),
                asked_at: PLACED,
            },
            answer: words.answer.into(),
        }))
    };
    let one_line = words.question.lines().next().unwrap_or_default();
    vec![
        of(Some("20260302-000123"), words.question),
        of(None, one_line),
    ]
}

fn restored(locale: Locale) -> Vec<Content> {
    let of = |method: &str, paid: bool| {
        let order = order(locale, method);
        Content::OrderRestored(Box::new(OrderRestored {
            shop: shop(locale),
            due: (!paid).then(|| due(locale, method)),
            kept: paid.then_some(order.total),
            order,
        }))
    };
    vec![
        of("bank_transfer", false),
        of("cash_on_delivery", false),
        of("card", false),
        of("card", true),
    ]
}

fn links(locale: Locale) -> Vec<Content> {
    let of = |purpose: &str, minutes: i64| {
        Content::AccountLink(Box::new(AccountLink {
            shop: shop(locale),
            account: Proof {
                purpose: purpose.into(),
                url: "https://shop.example.tw/account/links/3jQ8sXr0bT5mKzVwYpLcNd7uHfGaE2oI"
                    .into(),
                until: PLACED.plus_seconds(minutes * 60),
            },
        }))
    };
    vec![
        of("sign_in", 15),
        of("sign_up", 24 * 60),
        of("password", 60),
        of("email", 60),
    ]
}

fn changes(locale: Locale) -> Vec<Content> {
    let of = |what: &str| {
        Content::AccountChanged(Box::new(AccountChanged {
            shop: shop(locale),
            account: AccountChange {
                what: what.into(),
                email: "l•••@example.tw".into(),
                at: PLACED,
            },
        }))
    };
    vec![of("password"), of("email")]
}

/// Examples of a kind that together take every turn of its template; the first is the one to show.
pub(crate) fn of(kind: MessageKind, locale: Locale) -> Vec<Content> {
    match kind {
        MessageKind::OrderConfirmation => confirmations(locale),
        MessageKind::OrderPayLink => pay_links(locale),
        MessageKind::OrderChanged => changed_orders(locale),
        MessageKind::OrderDelayed => delays(locale),
        MessageKind::OrderPaid => {
            let of = |order: Order, ship_by, goods_left| {
                let (amount, paid_at) = (order.total, PLACED.plus_seconds(600));
                Content::OrderPaid(Box::new(OrderPaid {
                    shop: shop(locale),
                    order,
                    amount,
                    paid_at,
                    ship_by,
                    goods_left,
                }))
            };
            vec![
                of(order(locale, "card"), Some(PLACED.plus_seconds(DAY)), false),
                of(bare(order(locale, "card")), None, false),
                of(order(locale, "cash_on_delivery"), None, true),
            ]
        }
        MessageKind::PaymentFailed => failures(locale),
        MessageKind::OrderShipped => shipments(locale),
        MessageKind::OrderExpired => {
            let (shop, order, until) = (
                shop(locale),
                order(locale, "bank_transfer"),
                PLACED.plus_seconds(3 * DAY),
            );
            vec![Content::OrderExpired(Box::new(OrderExpired {
                shop,
                order,
                until,
            }))]
        }
        MessageKind::OrderCancelled | MessageKind::OrderRefunded => endings(locale, kind),
        MessageKind::OrderRestored => restored(locale),
        MessageKind::InquiryAnswered => answers(locale),
        MessageKind::AccountLink => links(locale),
        MessageKind::AccountChanged => changes(locale),
    }
}
