//! The arguments: `NAME low=X high=X scale=N carrier=i8|i16 [instead=X] [alpha=N]`.

use crate::recipe::{Carrier, Recipe, Wish};

const USAGE: &str = "usage: NAME low=X high=X scale=N carrier=i8|i16 [instead=X] [alpha=N]";

/// What a run has to do.
#[derive(Debug)]
pub struct Ask {
    /// The file's name in /in and in /out.
    pub name: String,
    /// What happens to its values.
    pub recipe: Recipe,
}

impl Ask {
    /// Else says what makes no sense.
    pub fn parse(arguments: &[String]) -> Result<Ask, String> {
        let (name, rest) = arguments.split_first().ok_or(USAGE)?;
        if name.is_empty() || name.contains(&['/', '\0'][..]) || name.starts_with('.') {
            return Err(format!("`{}` is no name of a file in /in; {}", name, USAGE));
        }
        let mut given = Given(Vec::new());
        for argument in rest {
            let (key, value) =
                argument.split_once('=').ok_or_else(|| format!("`{}`? {}", argument, USAGE))?;
            if given.0.iter().any(|(other, _)| *other == key) {
                return Err(format!("`{}` stands twice", key));
            }
            given.0.push((key, value));
        }
        let wish = Wish {
            low: given.needed("low")?,
            high: given.needed("high")?,
            scale: given.needed("scale")?,
            instead: given.taken("instead")?,
            alpha: given.taken("alpha")?,
            carrier: match given.needed::<String>("carrier")?.as_str() {
                "i8" => Carrier::I8,
                "i16" => Carrier::I16,
                other => return Err(format!("carrier `{}` is neither i8 nor i16", other)),
            },
        };
        if let Some((key, _)) = given.0.first() {
            return Err(format!("there is no `{}`; {}", key, USAGE));
        }
        Ok(Ask { name: name.clone(), recipe: Recipe::new(wish)? })
    }
}

/// Arguments that nobody took yet.
struct Given<'a>(Vec<(&'a str, &'a str)>);

impl Given<'_> {
    fn taken<T: std::str::FromStr>(&mut self, key: &str) -> Result<Option<T>, String> {
        let at = match self.0.iter().position(|(other, _)| *other == key) {
            Some(at) => at,
            None => return Ok(None),
        };
        let (_, value) = self.0.remove(at);
        value.parse().map(Some).map_err(|_| format!("{} `{}` is no such number", key, value))
    }

    fn needed<T: std::str::FromStr>(&mut self, key: &str) -> Result<T, String> {
        self.taken(key)?.ok_or_else(|| format!("`{}=` is missing; {}", key, USAGE))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Ask, String> {
        Ask::parse(&line.split(' ').map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn a_whole_request_is_understood() {
        let ask = parse("a.npy low=-1.5 high=2 scale=4 carrier=i8 instead=0 alpha=32768").unwrap();
        assert_eq!(ask.name, "a.npy");
        let wish = ask.recipe.wish();
        assert_eq!((wish.low, wish.high, wish.instead, wish.alpha), (-1.5, 2.0, Some(0.0), Some(32_768)));
    }

    #[test]
    fn what_makes_no_sense_is_told() {
        for (line, why) in [
            ("", "no name"),
            ("../a low=0 high=1 scale=0 carrier=i8", "no name"),
            (".. low=0 high=1 scale=0 carrier=i8", "no name"),
            ("a high=1 scale=0 carrier=i8", "`low=` is missing"),
            ("a low=0 high=1 scale=0 carrier=i8 low=0", "twice"),
            ("a low=0 high=1 scale=0 carrier=i8 more=0", "there is no `more`"),
            ("a low=0 high=1 scale=0 carrier=i8 more", "usage"),
            ("a low=0 high=1 scale=0 carrier=i4", "neither"),
            ("a low=0 high=1 scale=1.5 carrier=i8", "no such number"),
            ("a low=nan high=1 scale=0 carrier=i8", "finite"),
            ("a low=0 high=inf scale=0 carrier=i8", "finite"),
            ("a low=1 high=0 scale=0 carrier=i8", "not above"),
            ("a low=0 high=1 scale=0 carrier=i8 instead=2", "instead"),
            ("a low=0 high=1 scale=65 carrier=i8", "scale"),
            ("a low=0 high=1 scale=0 carrier=i8 alpha=0", "alpha"),
            ("a low=0 high=1 scale=0 carrier=i8 alpha=65537", "alpha"),
            ("a low=0 high=32768 scale=0 carrier=i8 alpha=1", "averaged"),
        ] {
            let told = parse(line).unwrap_err();
            assert!(told.contains(why), "{}: {}", line, told);
        }
    }
}
