//! Files of an application's papers: brought, seen by whoever reviews it, received, taken back.

use entities::{
    ApplicationId, ApplicationMaterialId,
    enrolment::application_material,
    words::{MaterialState, OrganisationKind, Role},
};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};

use super::{decides, row, staffed, step_page, with_papers};
use crate::{
    attachment::{can_look, events, made},
    support::{TestApp, people::Person, story},
};

async fn paper(app: &TestApp, id: ApplicationId, code: &str) -> application_material::Model {
    let found = application_material::Entity::find()
        .filter(application_material::COLUMN.application_id.eq(id))
        .filter(application_material::COLUMN.code.eq(code))
        .one(&*app.app.db)
        .await
        .unwrap();
    found.expect("the form made its row")
}

fn page(id: ApplicationMaterialId) -> String {
    format!("/application-materials/{id}")
}

/// An application that is kept half-way.
async fn keeps(app: &TestApp, intake: &mut Person) -> ApplicationId {
    let child = app.diagnosed("王小明").await;
    let form = intake.open(&format!("/children/{child}/applications/new")).await;
    let form = form.fill("wanted_from", "2026-12-01").fill("then", "keep");
    let kept = form.submit_to("/applications", intake).await.is(303).location.unwrap();
    kept.rsplit('/').next().unwrap().parse().unwrap()
}

/// The number of the only file of a paper, from the link that opens it.
fn file_of(html: &str) -> String {
    let (before, _) = html.split_once("/original\"").expect("it opens");
    before.rsplit('/').next().unwrap().to_owned()
}

#[tokio::test]
async fn what_a_family_brought_is_attached_to_its_paper_seen_in_the_review_and_taken_back() {
    story(|app| async move {
        staffed(&app).await;
        let mut intake = app.person("intake").await;
        let id = keeps(&app, &mut intake).await;
        let application = format!("/applications/{id}");
        intake.open(&application).await.says("上传").omits("记为已收到");
        let photo = paper(&app, id, "photo").await;
        let path = page(photo.id);
        intake.open(&path).await.says("近期照片").says("还没有材料");
        let refused = [("version".to_owned(), photo.version.to_string())];
        let early = intake.post(&format!("{path}/receipt"), &refused).await;
        early.is(409).says("还没有可以打开的文件");
        let picture = made::jpeg(16, 8, &made::of_telephone());
        let files = format!("{path}/files");
        intake
            .upload_all(&files, &[], "files", &[("照片.jpg", &picture)])
            .await
            .is(303);
        let added = events(&app, "attachment.added").await;
        assert_eq!(added.len(), 1);
        assert_eq!(
            (&added[0]["owner"], &added[0]["kind"]),
            (&"application_material".into(), &"photo".into())
        );
        let wrong = intake.upload_all(&files, &[], "files", &[("a.gif", b"GIF89a")]).await;
        wrong.is(422).says("只收 PDF、JPEG、PNG").says("照片.jpg");
        if !can_look(&app) {
            return;
        }

        // Received in one step, on the page of the application; whoever has its form open is told.
        let stale = intake.open(&format!("{application}/edit")).await;
        let shown = intake.open(&application).await.says("1 个文件").says("记为已收到");
        shown.submit_to("/receipt", &mut intake).await.is(303);
        assert_eq!(paper(&app, id, "photo").await.state, MaterialState::Received);
        assert_eq!(events(&app, "application.paper_received").await.len(), 1);
        stale.fill("then", "keep").submit_to("/edit", &mut intake).await.is(409);
        intake.open(&application).await.omits("记为已收到");

        // What counts from a day asks for it, on its own page.
        let exam = page(paper(&app, id, "physical_exam").await.id);
        let sent: [(&str, &[u8]); 1] = [("体检.pdf", &made::pages(2))];
        intake
            .upload_all(&format!("{exam}/files"), &[], "files", &sent)
            .await
            .is(303);
        intake.open(&application).await.says("登记收到").omits("记为已收到");
        let form = intake.open(&exam).await.says("体检.pdf").says("2 页");
        form.submit_to("/receipt", &mut intake).await.is(422).says("请填写此项");
        let form = intake.open(&exam).await.fill("issued_on", "2026-10-20");
        form.submit_to("/receipt", &mut intake).await.is(303);
        assert_eq!(
            paper(&app, id, "physical_exam").await.issued_on,
            Some("2026-10-20".parse().unwrap())
        );

        // Before it is submitted it is nobody's but the centre's and the federation's.
        let one = file_of(&intake.open(&path).await.html());
        let original = format!("{files}/{one}/original");
        let mut education = app.person("education").await;
        education.get(&path).await.is(404);
        education.get(&original).await.is(404);
        let form = with_papers(intake.open(&format!("{application}/edit")).await).fill("then", "submit");
        form.submit_to("/edit", &mut intake).await.is(303);

        // Whoever reviews it sees and opens it, in whichever organisation; what is reviewed stays as it is.
        for reviewer in ["federation", "education"] {
            let mut reviewer = app.person(reviewer).await;
            reviewer.open(&application).await.says("1 个文件").omits("上传");
            let seen = reviewer
                .open(&path)
                .await
                .says("照片.jpg")
                .omits("撤下")
                .omits("选择文件");
            assert_eq!(file_of(&seen.html()), one);
            reviewer.get(&format!("{files}/{one}/thumbnail")).await.is(200);
            reviewer.get(&format!("{files}/{one}/picture")).await.is(200);
            assert_eq!(reviewer.get(&original).await.is(200).body, picture);
        }
        assert_eq!(events(&app, "attachment.opened").await.len(), 4);
        intake
            .upload_all(&files, &[], "files", &[("又一张.png", &made::small_png())])
            .await
            .is(409)
            .says("正在审核");
        let step = step_page(&app, id, "materials").await;
        app.person("intake-two").await.open(&step).await.says("1 个文件");

        // A centre next door, and whoever has no part in enrolment.
        let place = app
            .founds(OrganisationKind::RehabilitationCentre, "邻区中心", "330206")
            .await;
        app.hires("next-intake", Role::IntakeWorker, place).await;
        let mut next = app.person("next-intake").await;
        for foreign in [&path, &original, &format!("{files}/{one}/thumbnail")] {
            next.get(foreign).await.is(404);
        }
        let sent = [("version".to_owned(), "1".to_owned())];
        next.post(&format!("{files}/{one}/withdrawal"), &sent).await.is(404);
        app.person("screener").await.get(&original).await.is(403);

        // In the child's file it is called by its paper, and is not taken back there.
        let child = row(&app, id).await.child_id;
        let listed = intake.open(&format!("/children/{child}/attachments")).await;
        listed.says("近期照片").says("照片.jpg").omits("撤下");

        // Returned: it is taken back where it was brought, and opens for nobody any more.
        let mut reviewer = app.person("intake-two").await;
        let missing = [("x-photo", "true"), ("note", "照片不清晰")];
        decides(&app, &mut reviewer, id, "materials", "returned", &missing)
            .await
            .is(303);
        let shown = intake.open(&path).await.says("撤下");
        shown.submit_to("/withdrawal", &mut intake).await.is(303);
        intake.open(&path).await.says("还没有材料");
        intake.get(&original).await.is(404);
        app.person("federation").await.get(&original).await.is(404);
        assert_eq!(events(&app, "attachment.withdrawn").await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn two_say_at_once_that_a_paper_was_received_and_it_is_received_once() {
    story(|app| async move {
        staffed(&app).await;
        let mut intake = app.person("intake").await;
        let id = keeps(&app, &mut intake).await;
        if !can_look(&app) {
            return;
        }
        let path = page(paper(&app, id, "photo").await.id);
        let sent: [(&str, &[u8]); 1] = [("照片.png", &made::small_png())];
        intake
            .upload_all(&format!("{path}/files"), &[], "files", &sent)
            .await
            .is(303);
        let mut other = app.person("intake-two").await;
        let (first, second) = (intake.open(&path).await, other.open(&path).await);
        first.submit_to("/receipt", &mut intake).await.is(303);
        second.submit_to("/receipt", &mut other).await.is(409);
        assert_eq!(events(&app, "application.paper_received").await.len(), 1);
        assert_eq!(paper(&app, id, "photo").await.version, 2);
    })
    .await;
}
