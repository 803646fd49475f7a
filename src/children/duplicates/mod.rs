//! Pairs of files that may be one child: found when a file is opened, brought in or corrected, and by a sweep over all of
//! them; named by somebody; recorded once; taken up again when what was compared changes, or when somebody says so.

mod looking;
mod pairs;
mod sweep;

pub use self::{
    looking::{Looked, Named, basis_of, look_around_in, look_at_in, name_in, said_two_in},
    pairs::{count_waiting, open_pair_in, same_number_first, visible, waiting},
    sweep::SWEEP,
};
