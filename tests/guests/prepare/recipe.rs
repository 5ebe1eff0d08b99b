//! What is asked for, once it is known to make sense.

/// The integers that come out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carrier {
    /// 8 bits.
    I8,
    /// 16 bits.
    I16,
}

impl Carrier {
    /// Its bytes.
    pub fn bytes(self) -> usize {
        match self {
            Carrier::I8 => 1,
            Carrier::I16 => 2,
        }
    }

    /// The ends of its range.
    pub fn range(self) -> (i32, i32) {
        match self {
            Carrier::I8 => (i8::MIN.into(), i8::MAX.into()),
            Carrier::I16 => (i16::MIN.into(), i16::MAX.into()),
        }
    }
}

/// As somebody wrote it.
#[derive(Debug, Clone, Copy)]
pub struct Wish {
    /// What is less becomes this.
    pub low: f32,
    /// What is more becomes this.
    pub high: f32,
    /// What is not finite becomes this; without it such a value ends the run.
    pub instead: Option<f32>,
    /// The weight of the newest value in 2^-16, if values are averaged.
    pub alpha: Option<u32>,
    /// The power of two that values are multiplied by.
    pub scale: i32,
    /// What comes out.
    pub carrier: Carrier,
}

/// A wish that can be fulfilled for any values.
#[derive(Debug, Clone, Copy)]
pub struct Recipe(Wish);

impl Recipe {
    /// The powers of two that there are, to both sides.
    pub const SCALES: i32 = 64;

    /// Else says what makes no sense.
    pub fn new(wish: Wish) -> Result<Recipe, &'static str> {
        let Wish { low, high, .. } = wish;
        if !(low.is_finite() && high.is_finite() && low <= high) {
            return Err("low and high have to be finite, and low not above high");
        }
        if wish.instead.map_or(false, |value| !(low <= value && value <= high)) {
            return Err("instead has to be between low and high");
        }
        if wish.scale < -Self::SCALES || wish.scale > Self::SCALES {
            return Err("scale has to be from -64 to 64");
        }
        if wish.alpha.map_or(false, |alpha| alpha == 0 || alpha > 1 << 16) {
            return Err("alpha counts 65536ths and has to be from 1 to 65536");
        }
        let held = |bound: f32| (-32_768.0..32_768.0).contains(&scaled(bound, wish.scale));
        if wish.alpha.is_some() && !(held(low) && held(high)) {
            return Err(
                "to be averaged, low and high times 2^scale have to be from -32768 to just below 32768",
            );
        }
        Ok(Recipe(wish))
    }

    /// What comes out.
    pub fn carrier(&self) -> Carrier {
        self.0.carrier
    }

    /// What was asked for.
    pub fn wish(&self) -> &Wish {
        &self.0
    }
}

/// `value·2^power`, exactly: a 32-bit float has room to move in one of 64. `power` is within ±80.
pub fn scaled(value: f32, power: i32) -> f64 {
    let exponent = u64::try_from(1_023 + power).unwrap_or(0);
    f64::from(value) * f64::from_bits(exponent << 52)
}
