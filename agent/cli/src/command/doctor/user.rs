//! The user that the agent runs as, by name or number.

use std::path::Path;

/// More than any file of users has here.
const LARGEST: u64 = 4 * 1024 * 1024;

/// A user and his group, by their numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct User {
    pub(super) number: u32,
    pub(super) group: u32,
}

/// Looks a name or a number up in /etc/passwd; a number that nobody has there stands for itself.
pub(super) fn find(asked: &str) -> Option<User> {
    let bytes = arch_files::read(Path::new("/etc/passwd"), LARGEST).unwrap_or_default();
    among(&String::from_utf8_lossy(&bytes), asked)
}

fn among(passwd: &str, asked: &str) -> Option<User> {
    let known = passwd.lines().find_map(|line| {
        let mut fields = line.split(':');
        let (name, number, group) = (fields.next()?, fields.nth(1)?, fields.next()?);
        let user = User { number: number.parse().ok()?, group: group.parse().ok()? };
        (name == asked || number == asked).then_some(user)
    });
    known.or_else(|| asked.parse().ok().map(|number| User { number, group: number }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_found_by_name_or_number() {
        let passwd = "root:x:0:0:root:/root:/bin/sh\nbroken\narchagent:x:990:989::/:/bin/false\n";
        let agent = User { number: 990, group: 989 };
        assert_eq!(among(passwd, "archagent"), Some(agent));
        assert_eq!(among(passwd, "990"), Some(agent));
        assert_eq!(among(passwd, "4242"), Some(User { number: 4242, group: 4242 }));
        assert_eq!(among(passwd, "nobody"), None);
    }
}
