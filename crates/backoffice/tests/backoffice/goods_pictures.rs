//! Pictures that come with a file of goods: in a zip, or at addresses from which they are fetched.

use std::io::{Cursor, Read, Write};

use kernel::Role;
use serde_json::{Value, json};
use zip::{ZipWriter, write::SimpleFileOptions};

use crate::{
    desk::{Desk, Program},
    pictures::picture,
};

const IMPORT: &str = "/admin/products/import";

fn zipped(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

async fn bring_in(program: &Program<'_>, body: Value) -> Value {
    let brought = program.send("POST", IMPORT, Some(body)).await;
    brought.expect(200).json()["report"].clone()
}

/// The pictures of the product with this handle.
async fn pictures(desk: &Desk, handle: &'static str) -> Vec<Value> {
    let found = desk
        .ctx
        .read(async move |rx, _| catalog::product::by_handle(rx, handle).await)
        .await
        .unwrap();
    let path = format!("/admin/products/{}.json", found.unwrap().id);
    let program = desk.program(Role::Operations).await;
    let page = program.get(&path).await.expect(200).json();
    page["pictures"].as_array().unwrap().clone()
}

/// CAT-01, A14: a zip brings goods with their pictures: looked at first, each picture made anew, what is none named with
/// its line; brought in by a plain form with what the look told, and nothing changed when repeated.
#[test]
fn pictures_come_in_a_zip() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let staff = desk.staff(Role::Operations).await;
        let program = desk.program(Role::Operations).await;
        let csv = "handle,title:zh-Hant,sku,price,pictures\n\
                   spring,春茶,SPRING,580,front.webp|photos/leaf.webp|bad.jpg|none.jpg\n";
        let (front, leaf) = (picture(10, 60, 40), picture(90, 30, 50));
        let sent = zipped(&[
            ("goods.csv", csv.as_bytes()),
            ("photos/Front.webp", &front),
            ("photos/leaf.webp", &leaf),
            ("bad.jpg", b"no picture"),
        ]);
        let looked = staff
            .upload(IMPORT, &[("file", Some("goods.zip"), &sent)])
            .await
            .expect(200);
        looked.says(&["name=\"picture_keys\"", "bad.jpg", "none.jpg"]);
        let looked = program
            .upload(IMPORT, &[("file", Some("goods.zip"), &sent)])
            .await
            .expect(200)
            .json();
        let remarks = looked["report"]["remarks"].as_array().unwrap();
        let said: Vec<(&Value, &Value, &Value)> = remarks
            .iter()
            .map(|r| (&r["line"], &r["value"], &r["key"]))
            .collect();
        let expected = [
            (json!(2), json!("bad.jpg"), json!("error-picture-kind")),
            (json!(2), json!("none.jpg"), json!("csv-picture-file")),
        ];
        for (line, value, key) in &expected {
            assert!(said.contains(&(line, value, key)), "{value} of {said:?}");
        }
        let taken = looked["picture_keys"].to_string();
        let form = [
            ("csv", csv),
            ("picture_keys", taken.as_str()),
            ("write", "1"),
        ];
        let written = form.map(|(name, text)| (name, None, text.as_bytes()));
        staff.upload(IMPORT, &written).await.expect(200);
        let shown = pictures(&desk, "spring").await;
        let sizes: Vec<(&Value, &Value)> =
            shown.iter().map(|p| (&p["width"], &p["height"])).collect();
        assert_eq!(sizes, [(&json!(60), &json!(40)), (&json!(30), &json!(50))]);
        let again = json!({ "csv": csv, "picture_keys": looked["picture_keys"], "write": true });
        let again = bring_in(&program, again).await;
        assert_eq!((&again["same"], &again["changed"]), (&json!(1), &json!(0)));
        let torn = program
            .upload(IMPORT, &[("file", Some("goods.zip"), &sent[..40])])
            .await
            .expect(422)
            .json();
        assert_eq!(torn["errors"][0]["pointer"], "/file");
    });
}

/// Serves pictures on this machine until the test ends, and tells where.
fn serving(pictures: Vec<(&'static str, Vec<u8>)>) -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = [0; 2_048];
            let read = stream.read(&mut request).unwrap();
            let asked = String::from_utf8_lossy(&request[..read]).into_owned();
            let path = asked.split(' ').nth(1).unwrap_or_default();
            let found = pictures.iter().find(|(name, _)| *name == path);
            let (status, body) = match found {
                Some((_, bytes)) => ("200 OK", &bytes[..]),
                None => ("404 Not Found", &b""[..]),
            };
            let head = format!(
                "HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                body.len()
            );
            stream.write_all(head.as_bytes()).unwrap();
            stream.write_all(body).unwrap();
        }
    });
    base
}

/// A file of one product whose pictures are at addresses, two of which have none.
fn shopify(at: &str) -> String {
    format!(
        "Handle,Title,Vendor,Tags,Published,Option1 Name,Option1 Value,Variant SKU,Variant Price,Image Src,Image Position,Image Alt Text,Status\n\
             spring,Spring tea,Foglane,\"tea, green\",TRUE,Title,Default Title,SPRING,580,{at}/2.webp,2,,active\n\
             spring,,,,,,,,,{at}/1.webp,1,The front,\n\
             spring,,,,,,,,,{at}/gone.webp,3,,\n\
             spring,,,,,,,,,{at}/page,4,,\n"
    )
}

/// CAT-01, A15: pictures at the addresses of a Shopify file are fetched by jobs, hang in the order of the file with what
/// they show, and what cannot be had is told with line and column; importing again fetches only what is missing.
#[test]
fn pictures_are_fetched_from_addresses() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let staff = desk.staff(Role::Operations).await;
        let program = desk.program(Role::Operations).await;
        let at = serving(vec![
            ("/1.webp", picture(10, 60, 40)),
            ("/2.webp", picture(90, 30, 50)),
            ("/page", b"<html>".to_vec()),
        ]);
        let csv = shopify(&at);
        let body = json!({ "csv": csv, "write": true });
        let report = bring_in(&program, body.clone()).await;
        assert_eq!(
            (&report["created"], &report["pictures"]),
            (&json!(1), &json!(4))
        );
        let id = report["picture_import_id"].as_str().unwrap().to_owned();
        let page = format!("/admin/products/imports/{id}");
        let waiting = program.get(&page).await.expect(200).json();
        assert_eq!(waiting["coming"], 4);
        staff
            .get(&page)
            .await
            .expect(200)
            .says(&["下載中", "<progress"]);
        staff.get(IMPORT).await.expect(200).says(&[page.as_str()]);
        let hasty = bring_in(&program, body.clone()).await;
        assert_eq!((&hasty["pictures"], &hasty["same"]), (&json!(0), &json!(1)));
        desk.work().await;

        let over = program.get(&page).await.expect(200).json();
        let counts = ["coming", "done", "failed"].map(|what| over[what].as_i64().unwrap());
        assert_eq!(counts, [0, 2, 2]);
        let given_up: Vec<[&Value; 3]> = over["given_up"]
            .as_array()
            .unwrap()
            .iter()
            .map(|p| [&p["line"], &p["column"], &p["reason"]])
            .collect();
        let column = json!("Image Src");
        let (gone, kind) = (json!("error-fetch-status"), json!("error-picture-kind"));
        assert_eq!(
            given_up,
            [[&json!(4), &column, &gone], [&json!(5), &column, &kind]]
        );
        staff
            .get(&page)
            .await
            .expect(200)
            .says(&["已結束", "gone.webp", "這個網址沒有圖片"]);
        let shown = pictures(&desk, "spring").await;
        let sizes: Vec<&Value> = shown.iter().map(|p| &p["width"]).collect();
        assert_eq!(sizes, [&json!(60), &json!(30)], "in the order of the file");
        assert!(shown[0].to_string().contains("The front"), "{}", shown[0]);
        let again = bring_in(&program, body).await;
        assert_eq!(again["pictures"], 2, "what was given up is tried again");
        let out = program
            .get("/admin/products/file?format=shopify_older")
            .await;
        for text in [
            "The front",
            "Foglane",
            "\"tea, green\"",
            "https://shop.test/media/",
        ] {
            assert!(out.body.contains(text), "{text}: {}", out.body);
        }
        let nobody = "/admin/products/imports/pictureimport_01kan47x42ednh5saypnan5kd3";
        program.get(nobody).await.expect(404);
    });
}
