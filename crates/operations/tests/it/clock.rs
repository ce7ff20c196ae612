//! The shop's clock is moved to another zone while the shop is open.

use std::time::Duration;

use kernel::{Locale, Texts};
use operations::{
    flows::decide::{self, Identity},
    shop,
};
use platform::ShopZone;
use tokio::sync::watch;

/// PLT-08: another time zone counts within moments for every context that is made from then on, without a restart; a
/// context of a test or a command that was given a zone of its own keeps it.
#[test]
fn the_clock_moves_while_the_shop_is_open() {
    testkit::run(async |world| {
        let shared = ShopZone::from(shop::zone(&world.ctx).await.unwrap());
        let ctx = world.ctx.following(&shared);
        let own = ctx.in_zone(jiff::tz::TimeZone::UTC);
        let (tell, told) = watch::channel(false);
        let following = tokio::spawn(shop::follow_zone(ctx.clone(), shared.clone(), told));
        let name = |ctx: &platform::Ctx| ctx.zone().iana_name().unwrap_or_default().to_owned();
        assert_eq!(name(&ctx.refreshed()), "Asia/Taipei");
        let moved = Identity {
            name: Texts::one(Locale::Hant, "茶行"),
            tagline: Texts::default(),
            contact_email: String::new(),
            contact_phone: String::new(),
            contact_line: String::new(),
            ships_from: Texts::default(),
            languages: vec![Locale::Hant],
            currency: None,
            zone: "Europe/London".into(),
        };
        ctx.write(async move |tx, ctx| decide::identity(tx, ctx, &moved).await)
            .await
            .unwrap();
        let mut waited = 0;
        while name(&ctx.refreshed()) != "Europe/London" {
            assert!(waited < 100, "the clock still hangs where it was");
            tokio::time::sleep(Duration::from_millis(50)).await;
            waited += 1;
        }
        assert_eq!(name(&ctx.speaking(Locale::En)), "Europe/London");
        assert_eq!(name(&own.refreshed()), "UTC");
        tell.send(true).unwrap();
        following.await.unwrap();
    });
}
