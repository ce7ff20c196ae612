//! Goods of several tax classes in one order.

use catalog::{product, variant};
use kernel::VariantId;
use operations::shop as decisions;
use orders::PaymentMethod;
use platform::settings;
use rust_decimal::Decimal;
use testkit::World;

use crate::shop::Shop;

async fn tax(world: &World, id: VariantId, class: &'static str) {
    let work = world.ctx.write(async move |tx, ctx| {
        let found = variant::by_id(tx, id).await?.unwrap();
        product::set_tax_class(tx, ctx, found.product_id, class).await
    });
    work.await.unwrap();
}

/// O1, O10: what is zero-rated contains no tax, delivery is taxed as the shop's standard goods; when classes and rates
/// change later, a placed order keeps every figure.
#[test]
fn each_class_is_taxed_by_itself() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        tax(world, shop.tea, "zero").await;
        let goods = [(shop.tea, 2), (shop.pot, 1)];
        let placed = shop.buy(&goods, PaymentMethod::BankTransfer).await.order;
        let order = shop.order(placed.id).await;
        let five = Decimal::new(5, 2);
        let lines = shop.lines(order.id).await;
        let taxed = |id| lines.iter().find(|l| l.variant_id == id).unwrap();
        assert_eq!(taxed(shop.tea).tax_included.amount, 0);
        assert_eq!(taxed(shop.tea).tax_rate, Some(Decimal::ZERO));
        assert_eq!(taxed(shop.pot).tax_rate, Some(five));
        let pot = taxed(shop.pot).total.plus(order.shipping).unwrap();
        assert_eq!(order.tax_included, pot.tax_included(five).unwrap());
        tax(world, shop.tea, "standard").await;
        tax(world, shop.pot, "exempt").await;
        let raise = world.ctx.write(async |tx, ctx| {
            let decided = decisions::Shop {
                tax_rate: Decimal::new(10, 2),
                ..decisions::load(tx).await?
            };
            settings::save(tx, ctx, decisions::SHOP, &decided).await
        });
        raise.await.unwrap();
        assert_eq!(shop.order(order.id).await, order);
        assert_eq!(shop.lines(order.id).await, lines);
        let next = shop.buy(&goods, PaymentMethod::BankTransfer).await.order;
        let lines = shop.lines(next.id).await;
        let pot = lines.iter().find(|l| l.variant_id == shop.pot).unwrap();
        assert_eq!(pot.tax_included.amount, 0);
        let tea = lines.iter().find(|l| l.variant_id == shop.tea).unwrap();
        assert_eq!(tea.tax_rate, Some(Decimal::new(10, 2)));
    });
}
