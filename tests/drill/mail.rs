//! A mail server that remembers everything, and what must not be in its memory.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{BufRead as _, BufReader, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

use entities::{
    child::guardian,
    communication::message,
    words::{Channel, Delivery},
};
use sea_orm::{ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _};

use super::{checks, process::Place};

/// Receiver and `Message-ID` of every mail.
type Taken = Arc<Mutex<Vec<(String, String)>>>;

pub(crate) struct Server {
    address: SocketAddr,
    taken: Taken,
}

impl Server {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let taken = Taken::default();
        let memory = Arc::clone(&taken);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let memory = Arc::clone(&memory);
                // Who talks to it may be killed in the middle of a word.
                thread::spawn(move || drop(serve(stream, &memory)));
            }
        });
        Self { address, taken }
    }

    pub(crate) fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    pub(crate) fn count(&self) -> usize {
        self.taken.lock().unwrap().len()
    }

    /// No mail came twice, and no address heard of one cause by two messages.
    pub(crate) async fn nobody_heard_twice(&self, place: &Place) {
        let mut seen = BTreeSet::new();
        for mail in self.taken.lock().unwrap().iter() {
            assert!(seen.insert(mail.clone()), "{mail:?} came twice");
        }
        let db = place.open().await;
        let guardians: BTreeMap<_, _> = guardian::Entity::find()
            .all(&*db)
            .await
            .unwrap()
            .into_iter()
            .map(|g| (g.id, g.email.unwrap_or_default().to_lowercase()))
            .collect();
        let sent = message::Entity::find()
            .filter(message::COLUMN.state.eq(Delivery::Sent))
            .filter(message::COLUMN.channel.eq(Channel::Mail))
            .all(&*db)
            .await
            .unwrap();
        let mut told = BTreeSet::new();
        for row in sent {
            let Some(guardian) = row.guardian_id else { continue };
            let cause = row.dedupe_key.rsplit_once(':').unwrap().0.to_owned();
            let address = guardians[&guardian].clone();
            assert!(
                told.insert((cause.clone(), address)),
                "{cause} was told twice to one address"
            );
        }
        db.close_all().await.unwrap();
    }
}

fn serve(stream: TcpStream, taken: &Taken) -> std::io::Result<()> {
    let mut answer = stream.try_clone()?;
    let mut lines = BufReader::new(stream).lines();
    let mut receiver = String::new();
    answer.write_all(b"220 drill\r\n")?;
    while let Some(line) = lines.next().transpose()? {
        let command = line.to_uppercase();
        if let Some(address) = command.strip_prefix("RCPT TO:") {
            receiver = address.trim().trim_matches(['<', '>']).to_lowercase();
        }
        if command != "DATA" {
            answer.write_all(b"250 ok\r\n")?;
            continue;
        }
        answer.write_all(b"354 go on\r\n")?;
        let mut id = String::new();
        for line in lines.by_ref() {
            let line = line?;
            if line == "." {
                break;
            }
            if let Some(value) = line.strip_prefix("Message-ID: ") {
                value.clone_into(&mut id);
            }
        }
        // From here on the server answers for it, whatever becomes of the sender.
        taken.lock().unwrap().push((receiver.clone(), id));
        answer.write_all(b"250 taken\r\n")?;
    }
    Ok(())
}

/// Deliver until nothing waits any more.
pub(crate) async fn deliver_the_rest(place: &Place) {
    for _ in 0..200 {
        checks::ten_minutes_pass(place).await;
        place.run(&["sweep", "deliver"]);
        let db = place.open().await;
        let waiting = message::Entity::find()
            .filter(message::Column::State.is_in([Delivery::Pending, Delivery::Sending]))
            .count(&*db)
            .await
            .unwrap();
        db.close_all().await.unwrap();
        if waiting == 0 {
            return;
        }
    }
    panic!("the outbox does not become empty");
}
