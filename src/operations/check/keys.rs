//! The key file: the right one, and it opens everything.

use super::{Finding, ok, warning, wrong};
use crate::{
    operations::sealed,
    platform::{
        Config, Db, Keys, Result,
        crypto::{CryptoError, registry},
    },
    reports::frozen::service as frozen,
};

/// The key file belongs to this database. The keys with it, where they do.
pub(super) async fn keys(config: &Config, db: &Db) -> Result<(Finding, Option<Keys>)> {
    let path = config.key_file();
    let rows = registry::registered(&**db).await?;
    let keys = match Keys::load(&path) {
        Ok(keys) => keys,
        Err(CryptoError::Missing(_)) if rows.is_empty() && !sealed::is_anything(&**db).await? => {
            let found = format!(
                "{} does not exist yet; the first start or `keys create` makes it",
                path.display()
            );
            return Ok((warning("keys", found), None));
        }
        Err(CryptoError::Missing(file)) => {
            let prints = registry::told_rows(&rows);
            return Ok((
                wrong("keys", registry::Misfit::Missing { file, prints }.to_string()),
                None,
            ));
        }
        Err(error) => return Ok((wrong("keys", error.to_string()), None)),
    };
    if let Err(misfit) = registry::fits(&rows, &keys, path.clone())? {
        return Ok((wrong("keys", misfit.to_string()), None));
    }
    if let Some(newest) = registry::newest(&rows) {
        keys.seal_with(newest)?;
    }
    if let Some(first) = sealed::sample(&**db, &keys).await?.first() {
        let found = format!("{} does not open what is in the database: {first}", path.display());
        return Ok((wrong("keys", found), None));
    }
    let finding = if Keys::is_exposed(&path).unwrap_or(false) {
        warning(
            "keys",
            format!("others than its owner may read {}: chmod 600", path.display()),
        )
    } else if rows.is_empty() {
        warning(
            "keys",
            format!(
                "those of {} are not written into the database yet; the next start does it",
                path.display()
            ),
        )
    } else {
        ok("keys", format!("{}: {}", path.display(), registry::told_rows(&rows)))
    };
    Ok((finding, Some(keys)))
}

/// Every sealed row opens, and every frozen report is what was frozen.
pub(super) async fn everything(
    db: &Db,
    keys: &Keys,
    goes_on: &mut (dyn FnMut(&str, u64, u64) -> bool + Send),
) -> Result<Vec<Finding>> {
    let opened = sealed::open_all(&**db, keys, |column, done, all| goes_on(&column.to_string(), done, all)).await?;
    let mut found = Vec::new();
    for closed in &opened.closed {
        found.push(wrong("sealed", closed.to_string()));
    }
    found.push(match (opened.failed, opened.whole) {
        (0, true) => ok("sealed", format!("all {} rows open", opened.rows)),
        (0, false) => warning("sealed", format!("interrupted; the first {} rows open", opened.rows)),
        (failed, _) => wrong("sealed", format!("{failed} of {} rows do not open", opened.rows)),
    });
    let changed = frozen::changed(&**db, keys).await?;
    if !changed.is_empty() {
        let ids: Vec<String> = changed.iter().map(ToString::to_string).collect();
        found.push(wrong(
            "reports",
            format!("frozen reports that were changed afterwards: {}", ids.join(", ")),
        ));
    }
    Ok(found)
}
