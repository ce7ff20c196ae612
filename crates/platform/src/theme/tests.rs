//! Themes over themes: what wins, what falls back, what is told, what is refused.

use std::borrow::Cow;

use flate2::{Compression, write::GzEncoder};
use jiff::tz::TimeZone;
use minijinja::context;
use tempfile::TempDir;

use super::*;

/// A program with a default theme of three templates, and a folder for the merchant's.
fn shop() -> (Themes, TempDir) {
    let files = [
        (
            "templates/layout.html",
            "<link{% for sheet in look.styles %} {{ sheet }}{% endfor %}>{% block head %}head{% endblock %}|{% block main %}{% endblock %}",
        ),
        (
            "templates/home.html",
            "{% extends \"layout.html\" %}{% from \"parts/price.html\" import price %}{% block main %}home {{ price(amount) }}{% endblock %}",
        ),
        (
            "templates/parts/price.html",
            "{% macro price(amount) %}<b>{{ amount }}</b>{% endmacro %}",
        ),
        ("theme.toml", "[title]\nen = \"Default\"\n"),
    ];
    let files = files.map(|(path, text)| (path.to_owned(), Cow::Borrowed(text.as_bytes())));
    let folder = tempfile::tempdir().unwrap();
    let words = Arc::new(Words::load().unwrap());
    let themes = Themes::new(
        vec![Source::built_in(BASE, files)],
        folder.path().join("themes"),
        words,
        TimeZone::UTC,
    );
    (themes, folder)
}

fn write(themes: &Themes, path: &str, text: &str) {
    let path = themes.folder().join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// Lets so much time pass that folders are looked at again.
fn later(themes: &Themes) {
    for kept in themes.state().looks.values_mut() {
        kept.looked_at = kept.looked_at.checked_sub(PAUSE).unwrap();
    }
}

fn home(look: &Look) -> String {
    let page = look.render("home.html", context! { amount => 580 });
    // The strokes of addresses are written out.
    page.unwrap().replace("&#x2f;", "/")
}

fn none() -> AllValues {
    AllValues::new()
}

/// STF-05: what a theme has wins, down to one macro; what it lacks comes from the theme below; a block is added to by
/// extending the template under the name of its theme.
#[test]
fn what_a_theme_has_wins() {
    let (themes, _folder) = shop();
    write(
        &themes,
        "mine/templates/parts/price.html",
        "{% macro price(amount) %}<i>{{ amount }}</i>{% endmacro %}",
    );
    write(
        &themes,
        "mine/templates/layout.html",
        "{% extends \"default/layout.html\" %}{% block head %}{{ super() }} and mine{% endblock %}",
    );
    let look = themes.look("mine", &none());
    assert!(look.faults().is_empty(), "{:?}", look.faults());
    assert_eq!(home(&look), "<link>head and mine|home <i>580</i>");
    assert_eq!(
        home(&themes.look(BASE, &none())),
        "<link>head|home <b>580</b>"
    );
}

/// STF-05: a theme of the merchant can stand on another one.
#[test]
fn themes_stand_on_themes() {
    let (themes, _folder) = shop();
    write(
        &themes,
        "one/theme.toml",
        "[settings]\naccent = \"#123456\"\n",
    );
    write(
        &themes,
        "one/templates/layout.html",
        "one {% block main %}{% endblock %}",
    );
    write(&themes, "one/assets/theme.css", "a{}");
    write(
        &themes,
        "two/theme.toml",
        "parent = \"one\"\n[settings]\ncorners = \"round\"\n",
    );
    write(&themes, "two/assets/theme.css", "b{}");
    let look = themes.look("two", &none());
    assert_eq!(home(&look), "one home <b>580</b>");
    assert_eq!(look.settings().accent, Some("#123456".parse().unwrap()));
    assert_eq!(look.settings().corners, Some(Corners::Round));
    write(
        &themes,
        "two/templates/layout.html",
        "{{ look.styles | length }} {{ look.name }}{% block main %}{% endblock %}",
    );
    later(&themes);
    let look = themes.look("two", &none());
    assert!(home(&look).starts_with("3 two"), "{}", home(&look));
}

/// STF-05: a template that cannot be read is left out and told with its line; the shop goes on.
#[test]
fn a_broken_template_is_left_out() {
    let (themes, _folder) = shop();
    write(
        &themes,
        "mine/templates/parts/price.html",
        "{% macro price(amount) %}\n{{ amount\n{% endmacro %}",
    );
    let look = themes.look("mine", &none());
    assert_eq!(home(&look), "<link>head|home <b>580</b>");
    let faults = look.faults();
    let [fault] = faults.as_slice() else {
        panic!("{faults:?}")
    };
    assert_eq!(
        (&*fault.theme, &*fault.file),
        ("mine", "templates/parts/price.html")
    );
    assert_eq!(fault.kind, FaultKind::Template);
    assert!(fault.line.is_some_and(|line| line >= 2), "{fault:?}");
}

/// STF-05: a page that cannot be filled in is shown as the theme below has it, and told once, with file and line.
#[test]
fn a_page_falls_back_to_the_theme_below() {
    let (themes, _folder) = shop();
    write(
        &themes,
        "mine/templates/home.html",
        "{% extends \"layout.html\" %}\n{% block main %}\n{{ amuont }}{% endblock %}",
    );
    let look = themes.look("mine", &none());
    for _ in 0..3 {
        assert_eq!(home(&look), "<link>head|home <b>580</b>");
    }
    let faults = look.faults();
    let [fault] = faults.as_slice() else {
        panic!("{faults:?}")
    };
    assert_eq!((&*fault.file, fault.line), ("templates/home.html", Some(3)));
    assert_eq!(fault.kind, FaultKind::Page);
    assert!(
        look.try_render("home.html", context! { amount => 1 })
            .is_err()
    );
}

/// STF-05: a page that never ends costs its fuel and no more, and a template reaches no file outside of the theme.
#[test]
fn a_theme_is_not_trusted() {
    let (themes, folder) = shop();
    fs::write(folder.path().join("secret.html"), "the key of the safe").unwrap();
    for text in [
        "{% for a in range(9999) %}{% for b in range(9999) %}{{ b }}{% endfor %}{% endfor %}",
        "{% include \"../../../secret.html\" %}",
        "{% include \"/etc/passwd\" %}",
        "{% include \"home.html\" %}",
        "{{ asset('../secret.html') }}",
    ] {
        write(&themes, "mine/templates/home.html", text);
        later(&themes);
        let look = themes.look("mine", &none());
        let page = home(&look);
        assert_eq!(page, "<link>head|home <b>580</b>", "{text}");
        assert_eq!(look.faults().len(), 1, "{text}");
    }
}

/// STF-05: a changed file is seen soon, a file from before the change is still served, a folder that is gone leaves
/// the default theme.
#[test]
fn changes_are_seen() {
    let (themes, _folder) = shop();
    write(&themes, "mine/assets/theme.css", "a{color:red}");
    let first = home(&themes.look("mine", &none()));
    write(&themes, "mine/assets/theme.css", "a{color:rebeccapurple}");
    later(&themes);
    let second = home(&themes.look("mine", &none()));
    assert_ne!(first, second);
    for page in [&first, &second] {
        let url = page
            .split(['<', ' ', '>'])
            .find(|t| t.starts_with("/themes/"));
        let file = url.unwrap().trim_start_matches("/themes/");
        assert!(themes.asset(file).is_some(), "{file}");
    }
    fs::remove_dir_all(themes.folder().join("mine")).unwrap();
    later(&themes);
    let look = themes.look("mine", &none());
    assert_eq!(look.name(), BASE);
    assert!(!themes.has("mine"));
}

/// STF-05: the operator's settings hold over the theme's; what they say is a style sheet of its own.
#[test]
fn settings_of_the_operator_hold() {
    let (themes, _folder) = shop();
    write(
        &themes,
        "mine/theme.toml",
        "[settings]\naccent = \"#123456\"\ndensity = \"airy\"\n",
    );
    let mut values = none();
    let set = Values {
        settings: Settings {
            accent: Some("#7a1f3d".parse().unwrap()),
            ..Settings::default()
        },
        logo: None,
    };
    values.insert("mine".to_owned(), set);
    let look = themes.look("mine", &values);
    let css = look.settings().css();
    assert!(
        css.contains("--accent:#7a1f3d") && css.contains("--gap:"),
        "{css}"
    );
    assert!(home(&look).contains("/themes/settings."), "{}", home(&look));
    // Nothing but the values changed: the next look has them at once.
    assert!(
        themes
            .look("mine", &none())
            .settings()
            .css()
            .contains("#123456")
    );
}

/// STF-05: what a description says wrongly is told with its line, and a circle of themes ends at the default theme.
#[test]
fn descriptions_are_checked() {
    let (themes, _folder) = shop();
    for (text, kind) in [
        ("parent = \"default\"\ncolour = 1\n", FaultKind::Manifest),
        ("[settings]\naccent = \"red\"\n", FaultKind::Manifest),
        ("parent = \"nobody\"\n", FaultKind::Parent),
        ("parent = \"mine\"\n", FaultKind::Parent),
        ("[settings]\naccent = \"#ffee00\"\n", FaultKind::Contrast),
    ] {
        write(&themes, "mine/theme.toml", text);
        later(&themes);
        let look = themes.look("mine", &none());
        let kinds: Vec<_> = look.faults().iter().map(|fault| fault.kind).collect();
        assert_eq!(kinds, [kind], "{text} {:?}", look.faults());
        assert!(home(&look).ends_with("home <b>580</b>"));
    }
    write(&themes, "mine/theme.toml", "parent = \"yours\"\n");
    write(&themes, "yours/theme.toml", "parent = \"mine\"\n");
    later(&themes);
    assert!(home(&themes.look("mine", &none())).ends_with("home <b>580</b>"));
}

/// An archive of these paths and texts.
fn archive(entries: &[(&str, &str)]) -> Vec<u8> {
    let mut builder = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for (path, text) in entries {
        let mut header = tar::Header::new_gnu();
        // Set as bytes: the builder itself refuses paths that lead out.
        let name = header.as_old_mut();
        for (place, byte) in name.name.iter_mut().zip(path.bytes()) {
            *place = byte;
        }
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        builder.append(&header, text.as_bytes()).unwrap();
    }
    builder.into_inner().unwrap().finish().unwrap()
}

/// STF-05: a theme goes out as an archive and comes in again; nothing that exists is replaced.
#[test]
fn a_theme_travels() {
    let (themes, _folder) = shop();
    write(&themes, "mine/theme.toml", "[title]\nen = \"Mine\"\n");
    write(
        &themes,
        "mine/templates/parts/price.html",
        "{% macro price(amount) %}{{ amount }}!{% endmacro %}",
    );
    let packed = themes.archive("mine").unwrap().unwrap();
    assert!(matches!(themes.bring_in(&packed), Err(ArchiveError::Taken(name)) if name == "mine"));
    fs::remove_dir_all(themes.folder().join("mine")).unwrap();
    assert_eq!(themes.bring_in(&packed).unwrap(), "mine");
    assert!(home(&themes.look("mine", &none())).ends_with("580!"));
    let names: Vec<_> = themes.offered().into_iter().map(|t| t.name).collect();
    assert_eq!(names, [BASE, "mine"]);
    assert!(themes.archive("nobody").unwrap().is_none());
}

/// STF-05: an archive brings nothing out of its folder, nothing but files of a theme, and nothing in part.
#[test]
fn a_bad_archive_is_refused() {
    let (themes, folder) = shop();
    let manifest = ("mine/theme.toml", "");
    for entries in [
        vec![manifest, ("../evil.html", "x")],
        vec![manifest, ("mine/../../evil.html", "x")],
        vec![manifest, ("/evil.html", "x")],
        vec![manifest, ("mine/assets/run.js", "x")],
        vec![manifest, ("yours/theme.toml", "")],
        vec![("mine/templates/home.html", "x")],
        vec![("default/theme.toml", "")],
        vec![("mine/theme.toml", "parent = 1")],
        vec![("theme.toml", "")],
    ] {
        assert!(themes.bring_in(&archive(&entries)).is_err(), "{entries:?}");
    }
    assert!(themes.bring_in(b"no archive").is_err());
    let mut torn = archive(&[manifest, ("mine/templates/home.html", "x")]);
    torn.truncate(torn.len() / 2);
    assert!(themes.bring_in(&torn).is_err());
    assert!(!themes.has("mine"));
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().flatten().collect();
    assert!(left.is_empty(), "{left:?}");
    // A large file packs to almost nothing; its size is looked at before it is unpacked.
    let large = "a".repeat(5 << 20);
    let packed = archive(&[manifest, ("mine/assets/theme.css", &large)]);
    assert!(packed.len() < 100_000);
    assert!(matches!(
        themes.bring_in(&packed),
        Err(ArchiveError::TooLarge)
    ));
}
