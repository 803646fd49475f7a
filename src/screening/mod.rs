pub mod ages;
