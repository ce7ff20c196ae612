//! What the people of the shop see, page by page. Every struct is the variables of a template and the JSON answer of
//! the same address, so its fields are part of the public API.
//!
//! A page holds only what its reader may see: parts that need another permission than the page itself are empty or
//! absent for those who lack it (A4).

pub mod account;
pub mod audit;
pub mod bank_receipts;
pub mod bulk;
pub mod bulk_list;
pub mod bundle;
pub mod card_list;
pub mod cards;
pub mod collection;
pub mod collections;
mod common;
pub mod customer;
pub mod customer_export;
pub mod customer_timeline;
pub mod customers;
pub mod delay_list;
pub mod delays;
pub mod desk_rules;
pub mod erasure;
pub mod find;
pub mod found_goods;
pub mod funnel;
pub mod gift;
pub mod help;
pub mod home;
pub mod inquiries;
pub mod jobs;
pub mod lists;
pub mod message_templates;
pub mod messages;
pub mod new_order;
pub mod order;
pub mod order_draft_list;
pub mod order_drafts;
pub mod order_edit;
mod order_money;
mod order_parts;
pub mod orders;
pub mod packing;
pub mod payment_case_list;
pub mod payment_cases;
pub mod payment_help;
pub mod payment_list;
pub mod payments;
pub mod pick_list;
pub mod pictures;
pub mod print;
pub mod product;
pub mod product_import;
pub mod product_prices;
pub mod product_service;
pub mod product_sheet;
pub mod product_terms;
pub mod products;
pub mod roles;
pub mod settings;
pub mod shipping;
pub mod shipping_list;
pub mod shop_pages;
pub mod staff;
pub mod start;
pub mod stock;
pub mod stock_item;
pub mod themes;
mod timeline;
pub mod transfer_slip;
pub mod transfers;
mod unpaid;
pub mod warehouses;

pub use self::{
    account::{AccountPage, CodePage, InvitationPage, SecondFactorPage, SignInPage},
    audit::AuditPage,
    bank_receipts::{BankReceiptsPage, ReceiptRow},
    bulk::{BulkEditPage, BulkPage},
    bulk_list::BulkEditsPage,
    bundle::BundlePage,
    cards::CardsPage,
    collection::AdminCollection,
    collections::AdminCollections,
    common::{NamedCode, OrderLink, OrderSource, Place, TabCount, picture_url},
    customer::CustomerPage,
    customers::CustomersPage,
    delay_list::AnnouncedDelaysPage,
    delays::DelaysPage,
    desk_rules::DeskRulesPage,
    erasure::ErasurePage,
    find::FindPage,
    funnel::FunnelPage,
    gift::GiftPage,
    help::HelpPage,
    home::AdminHome,
    inquiries::{InquiriesPage, InquiryPage},
    jobs::JobsPage,
    message_templates::{MessageTemplatePage, MessageTemplatesPage},
    messages::MessagesPage,
    new_order::NewOrderPage,
    order::AdminOrder,
    order_draft_list::OrderDraftsPage,
    order_drafts::OrderDraftPage,
    order_edit::OrderEditPage,
    orders::AdminOrders,
    packing::PackingPage,
    payment_case_list::PaymentCasesPage,
    payment_cases::PaymentCasePage,
    payment_help::PaymentHelpPage,
    payments::PaymentsPage,
    pick_list::PickListPage,
    print::{LabelsPage, SlipsPage},
    product::{AdminProduct, NewProductPage},
    product_import::{PictureImportPage, ProductImportPage},
    product_service::AfterSalesPage,
    product_terms::TaxClassesPage,
    products::AdminProducts,
    roles::RolesPage,
    settings::{
        SettingsPage,
        delivery::{DeliveryPage, MethodPage},
        delivery_zone::ZonePage,
        identity::IdentityPage,
        letters::LettersPage,
        payment::PaymentSettingsPage,
        privacy::PrivacyPage,
        rules::RulesPage,
        times::TimesPage,
    },
    shipping::ShippingQueue,
    shop_pages::{ShopPageEditor, ShopPages},
    staff::StaffPage,
    start::StartPage,
    stock::StockList,
    stock_item::StockItem,
    themes::{ThemePage, ThemesPage},
    transfer_slip::TransferSlipPage,
    transfers::{TransferPage, TransfersPage},
    unpaid::UnpaidOrders,
    warehouses::{WarehousePage, WarehousesPage},
};

/// Whether the database answers at all.
///
/// # Errors
/// What it said, or that it said nothing.
pub async fn database_answers(rx: &mut platform::Rx) -> Result<(), platform::DbError> {
    rx.row("SELECT 1 AS one", &[]).await.map(|_| ())
}

/// Says which template shows a view.
macro_rules! shown_by {
    ($($view:ty => $template:literal;)*) => {$(
        impl platform::web::PageView for $view {
            const TEMPLATE: &'static str = $template;
        }
    )*};
}

shown_by! {
    AccountPage => "backoffice/account.html";
    AdminCollection => "backoffice/collection.html";
    AdminCollections => "backoffice/collections.html";
    AdminHome => "backoffice/home.html";
    AdminOrder => "backoffice/order.html";
    AdminOrders => "backoffice/orders.html";
    AdminProduct => "backoffice/product.html";
    AdminProducts => "backoffice/products.html";
    AfterSalesPage => "backoffice/after_sales.html";
    AnnouncedDelaysPage => "backoffice/delay_announcements.html";
    AuditPage => "backoffice/audit.html";
    BankReceiptsPage => "backoffice/bank_receipts.html";
    BulkEditPage => "backoffice/bulk_edit.html";
    BulkEditsPage => "backoffice/bulk_edits.html";
    BulkPage => "backoffice/bulk.html";
    BundlePage => "backoffice/bundle.html";
    CardsPage => "backoffice/cards.html";
    CodePage => "backoffice/sign_in_code.html";
    CustomerPage => "backoffice/customer.html";
    ErasurePage => "backoffice/erase_customer.html";
    CustomersPage => "backoffice/customers.html";
    DelaysPage => "backoffice/delays.html";
    DeliveryPage => "backoffice/settings_delivery.html";
    DeskRulesPage => "backoffice/desk_rules.html";
    FindPage => "backoffice/find.html";
    RolesPage => "backoffice/roles.html";
    SecondFactorPage => "backoffice/second_factor.html";
    FunnelPage => "backoffice/funnel.html";
    LettersPage => "backoffice/settings_letters.html";
    PrivacyPage => "backoffice/settings_privacy.html";
    HelpPage => "backoffice/help.html";
    IdentityPage => "backoffice/settings_shop.html";
    InquiriesPage => "backoffice/inquiries.html";
    InquiryPage => "backoffice/inquiry.html";
    InvitationPage => "backoffice/invitation.html";
    JobsPage => "backoffice/jobs.html";
    MethodPage => "backoffice/settings_method.html";
    PaymentSettingsPage => "backoffice/settings_payment.html";
    RulesPage => "backoffice/settings_rules.html";
    SettingsPage => "backoffice/settings.html";
    TimesPage => "backoffice/settings_hours.html";
    ZonePage => "backoffice/settings_zone.html";
    MessageTemplatePage => "backoffice/message_template.html";
    MessageTemplatesPage => "backoffice/message_templates.html";
    MessagesPage => "backoffice/messages.html";
    NewOrderPage => "backoffice/order_new.html";
    NewProductPage => "backoffice/product_new.html";
    OrderEditPage => "backoffice/order_edit.html";
    OrderDraftsPage => "backoffice/order_drafts.html";
    OrderDraftPage => "backoffice/order_draft.html";
    PictureImportPage => "backoffice/picture_import.html";
    ProductImportPage => "backoffice/product_import.html";
    PaymentCasePage => "backoffice/payment_case.html";
    PaymentCasesPage => "backoffice/payment_cases.html";
    PaymentHelpPage => "backoffice/payment_help.html";
    PaymentsPage => "backoffice/payments.html";
    ShippingQueue => "backoffice/shipping.html";
    ShopPageEditor => "backoffice/shop_page.html";
    ShopPages => "backoffice/pages.html";
    SignInPage => "backoffice/sign_in.html";
    StaffPage => "backoffice/staff.html";
    StartPage => "backoffice/start.html";
    TaxClassesPage => "backoffice/tax_classes.html";
    StockItem => "backoffice/stock_item.html";
    StockList => "backoffice/stock.html";
    ThemePage => "backoffice/theme.html";
    ThemesPage => "backoffice/themes.html";
    LabelsPage => "backoffice/print_labels.html";
    GiftPage => "backoffice/settings_gift.html";
    PackingPage => "backoffice/settings_packing.html";
    PickListPage => "backoffice/print_pick_list.html";
    SlipsPage => "backoffice/print_slips.html";
    TransferPage => "backoffice/transfer.html";
    TransferSlipPage => "backoffice/print_transfer.html";
    TransfersPage => "backoffice/transfers.html";
    WarehousePage => "backoffice/warehouse.html";
    WarehousesPage => "backoffice/warehouses.html";
}
