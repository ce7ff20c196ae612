//! The addresses of the settings.

use kernel::Permission as P;
use platform::web::Routes;

use super::{care, delivery, identity, payment, rules, show, times};
use crate::Backoffice;

/// The routes of the settings.
pub(crate) fn routes(routes: Routes<Backoffice>) -> Routes<Backoffice> {
    let routes = decisions(routes);
    caring(calendar(delivering(routes)))
}

fn caring(routes: Routes<Backoffice>) -> Routes<Backoffice> {
    routes
        .get(
            "/admin/settings/privacy",
            P::SettingsWrite,
            "Consent, sessions, how long things are kept",
            care::show_privacy,
        )
        .put(
            "/admin/settings/privacy",
            P::SettingsWrite,
            "Says how the shop treats what it knows about people",
            care::save_privacy,
        )
        .get(
            "/admin/settings/letters",
            P::SettingsWrite,
            "Sender, answers and the last line of letters",
            care::show_letters,
        )
        .put(
            "/admin/settings/letters",
            P::SettingsWrite,
            "Says how letters look and where they come from",
            care::save_letters,
        )
        .post(
            "/admin/settings/letters/test",
            P::SettingsWrite,
            "Sends an example of a letter as it would leave now",
            care::test_letter,
        )
}

fn decisions(routes: Routes<Backoffice>) -> Routes<Backoffice> {
    routes
        .get(
            "/admin/settings",
            P::SettingsWrite,
            "All settings at a glance",
            show,
        )
        .get(
            "/admin/settings/shop",
            P::SettingsWrite,
            "Name, contact, languages, currency, time zone",
            identity::show,
        )
        .put(
            "/admin/settings/shop",
            P::SettingsWrite,
            "Says who the shop is",
            identity::save,
        )
        .get(
            "/admin/settings/rules",
            P::SettingsWrite,
            "Tax, payment window, returns",
            rules::show,
        )
        .put(
            "/admin/settings/rules",
            P::SettingsWrite,
            "Sets the rules of selling",
            rules::save,
        )
        .get(
            "/admin/settings/payment",
            P::SettingsWrite,
            "Ways to pay, their limits, the bank account",
            payment::show,
        )
        .put(
            "/admin/settings/payment",
            P::SettingsWrite,
            "Says how the shop is paid",
            payment::save,
        )
}

fn calendar(routes: Routes<Backoffice>) -> Routes<Backoffice> {
    routes
        .get(
            "/admin/settings/hours",
            P::SettingsWrite,
            "Cut-off, working days, business hours, the calendar of a year",
            times::show,
        )
        .put(
            "/admin/settings/hours",
            P::SettingsWrite,
            "Sets when parcels leave and when somebody answers",
            times::save,
        )
        .post(
            "/admin/settings/hours/days",
            P::SettingsWrite,
            "Turns a date into a working one or back",
            times::turn_day,
        )
        .post(
            "/admin/settings/hours/calendar",
            P::SettingsWrite,
            "Takes in an office calendar",
            times::take_in,
        )
}

fn delivering(routes: Routes<Backoffice>) -> Routes<Backoffice> {
    routes
        .get(
            "/admin/settings/delivery",
            P::SettingsWrite,
            "Ways to deliver, zones, and what an address is offered",
            delivery::show,
        )
        .get(
            "/admin/settings/delivery/methods/new",
            P::SettingsWrite,
            "An empty form for a way to deliver",
            delivery::new_method,
        )
        .post(
            "/admin/settings/delivery/methods",
            P::SettingsWrite,
            "Offers a way to deliver",
            delivery::create_method,
        )
        .get(
            "/admin/settings/delivery/methods/{id}",
            P::SettingsWrite,
            "One way to deliver",
            delivery::method,
        )
        .put(
            "/admin/settings/delivery/methods/{id}",
            P::SettingsWrite,
            "Changes a way to deliver",
            delivery::save_method,
        )
        .get(
            "/admin/settings/delivery/zones/new",
            P::SettingsWrite,
            "An empty form for a zone",
            delivery::new_zone,
        )
        .post(
            "/admin/settings/delivery/zones",
            P::SettingsWrite,
            "Makes a zone",
            delivery::create_zone,
        )
        .get(
            "/admin/settings/delivery/zones/{id}",
            P::SettingsWrite,
            "One zone with its rates",
            delivery::zone,
        )
        .put(
            "/admin/settings/delivery/zones/{id}",
            P::SettingsWrite,
            "Changes a zone",
            delivery::save_zone,
        )
        .delete(
            "/admin/settings/delivery/zones/{id}",
            P::SettingsWrite,
            "Takes a zone away with its rates",
            delivery::remove_zone,
        )
}
