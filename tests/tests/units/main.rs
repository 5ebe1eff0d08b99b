//! The units as they are shipped, read by us and by systemd's own tools; nothing is started.

#[cfg(test)]
mod unit_files;
