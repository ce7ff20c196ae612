//! How the shop looks, as its owner changes it.

use std::{fs, path::Path, sync::Arc};

use jiff::tz::TimeZone;
use kernel::Role;
use operations::flows::dress_shop;
use platform::{
    theme::{PREVIEW_COOKIE, Themes},
    words::Words,
};
use serde_json::json;

use crate::{desk::Desk, pictures::picture};

const PAGE: &str = "/admin/themes";

/// Writes a theme with a description of its own.
fn theme(folder: &Path, name: &str, description: &str) {
    fs::create_dir_all(folder.join(name).join("templates")).unwrap();
    fs::write(folder.join(name).join("theme.toml"), description).unwrap();
}

/// STF-05, PLT-08: who may change the settings chooses a theme and takes the choice back; others do not see the page;
/// what is wrong with a theme stands there with file and line.
#[test]
fn a_theme_is_chosen_and_taken_back() {
    testkit::run(async |world| {
        let folder = world.folder.path().join("themes");
        theme(&folder, "mine", "[title]\nzh-Hant = \"我的\"\n");
        fs::write(folder.join("mine/templates/a.html"), "a\n{{ b\n").unwrap();
        let desk = Desk::open(world).await;
        let owner = desk.staff(Role::Owner).await;
        owner
            .get(PAGE)
            .await
            .expect(200)
            .says(&["我的", "mine/templates/a.html:"]);
        let chosen = owner
            .post("/admin/theme?_method=PUT", &[("theme", "mine")])
            .await;
        assert_eq!(chosen.location(), PAGE);
        let program = desk.program(Role::Owner).await;
        let page = program.get(&format!("{PAGE}.json")).await.json();
        assert_eq!(page["active"], "mine");
        assert_eq!(page["can_undo"], true);
        let faults = &page["themes"][1]["faults"];
        assert_eq!(faults[0]["kind"], "template");
        owner.post("/admin/theme/undo", &[]).await.location();
        let page = program.get(&format!("{PAGE}.json")).await.json();
        assert_eq!(page["active"], "default");
        let nothing = program
            .send("POST", "/admin/theme/undo", Some(json!({})))
            .await;
        nothing.expect(409);
        for bad in ["nobody", "../mine", ""] {
            let body = json!({ "theme": bad });
            let refused = program.send("PUT", "/admin/theme", Some(body)).await;
            assert!(refused.status.is_client_error(), "{bad}");
        }
        let clerk = desk.staff(Role::Operations).await;
        for path in [PAGE, "/admin/themes/mine", "/admin/themes/mine/archive"] {
            clerk.get(path).await.expect(403);
        }
        owner.get("/admin/themes/nobody").await.expect(404);
    });
}

/// STF-05: a colour that cannot be read is refused at its field with one that can; what is kept is what differs from
/// the theme.
#[test]
fn colours_are_checked() {
    testkit::run(async |world| {
        let folder = world.folder.path().join("themes");
        theme(&folder, "mine", "[settings]\ncorners = \"round\"\n");
        let desk = Desk::open(world).await;
        let owner = desk.staff(Role::Owner).await;
        let at = "/admin/themes/mine";
        let wrong = [("accent", "#eeee00"), ("paper", "#faf7f1")];
        owner
            .post(&format!("{at}?_method=PUT"), &wrong)
            .await
            .expect(422)
            .says(&["#eeee00", "看不清楚"]);
        let program = desk.program(Role::Owner).await;
        let body = json!({ "accent": "#eeee00" });
        let refused = program.send("PUT", at, Some(body)).await.expect(422).json();
        assert_eq!(refused["errors"][0]["pointer"], "/accent");
        program
            .send("PUT", at, Some(json!({ "accent": "yellow" })))
            .await
            .expect(422);
        let good = [
            ("accent", "#7a1f3d"),
            ("paper", "#faf7f1"),
            ("corners", "round"),
            ("heading_font", "brush"),
        ];
        let kept = owner.post(&format!("{at}?_method=PUT"), &good).await;
        assert_eq!(kept.location(), at);
        let dress = desk.ctx.read(async |rx, _| dress_shop::load(rx).await);
        let dress = dress.await.unwrap();
        let set = dress.now.values.get("mine").unwrap().settings;
        assert_eq!(set.accent, Some("#7a1f3d".parse().unwrap()));
        assert_eq!(
            (set.paper, set.corners),
            (None, None),
            "as the theme has it"
        );
        let page = program.get(&format!("{at}.json")).await.json();
        assert_eq!(page["settings"]["corners"], "round");
        assert_eq!(page["own"]["accent"], "#2f5d4a");
    });
}

/// STF-05: trying a theme out is a cookie of this browser; a logo is made anew like every picture.
#[test]
fn a_theme_is_tried_out_and_gets_a_logo() {
    testkit::run(async |world| {
        theme(&world.folder.path().join("themes"), "mine", "");
        let desk = Desk::open(world).await;
        let owner = desk.staff(Role::Owner).await;
        let tried = owner
            .post("/admin/theme/preview", &[("theme", "mine")])
            .await;
        assert_eq!(tried.location(), "/");
        assert_eq!(owner.cookie(PREVIEW_COOKIE).as_deref(), Some("mine"));
        owner
            .get(PAGE)
            .await
            .expect(200)
            .says(&["只有你看得到這個外觀：mine"]);
        owner
            .post("/admin/theme/preview?_method=DELETE", &[])
            .await
            .location();
        assert_eq!(owner.cookie(PREVIEW_COOKIE), None);

        let at = "/admin/themes/mine/logo";
        let drawing: &[u8] = b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>";
        owner
            .upload(at, &[("logo", Some("logo.svg"), drawing)])
            .await
            .expect(422);
        let picture = picture(200, 320, 96);
        owner
            .upload(at, &[("logo", Some("logo.webp"), &picture)])
            .await
            .location();
        let program = desk.program(Role::Owner).await;
        let page = program.get("/admin/themes/mine.json").await.json();
        assert_eq!(page["logo"]["width"], 320);
        owner
            .post(&format!("{at}?_method=DELETE"), &[])
            .await
            .location();
        let page = program.get("/admin/themes/mine.json").await.json();
        assert_eq!(page["logo"], json!(null));
    });
}

/// STF-05: a theme comes in from an archive once, is not worn by that, and something else is refused with its reason.
#[test]
fn a_theme_is_brought_in() {
    testkit::run(async |world| {
        let elsewhere = world.folder.path().join("elsewhere");
        theme(&elsewhere, "from-afar", "[title]\nzh-Hant = \"遠方\"\n");
        let words = Arc::new(Words::load().unwrap());
        let others = Themes::new(Vec::new(), elsewhere, words, TimeZone::UTC);
        let packed = others.archive("from-afar").unwrap().unwrap();
        let desk = Desk::open(world).await;
        let owner = desk.staff(Role::Owner).await;
        let form = [("archive", Some("from-afar.tar.gz"), packed.as_slice())];
        let next = owner.upload(PAGE, &form).await;
        assert_eq!(next.location(), "/admin/themes/from-afar");
        owner.get(PAGE).await.expect(200).says(&["遠方"]);
        owner
            .upload(PAGE, &form)
            .await
            .expect(422)
            .says(&["已經有名為"]);
        let text: &[u8] = b"hello";
        owner
            .upload(PAGE, &[("archive", Some("a.tar.gz"), text)])
            .await
            .expect(422);
        let got = owner
            .get("/admin/themes/from-afar/archive")
            .await
            .expect(200);
        assert!(
            got.header("content-disposition")
                .contains("from-afar.tar.gz")
        );
        owner.get("/admin/themes/nobody/archive").await.expect(404);
    });
}
