//! Lists inside of an answer.

use serde::{Serialize, Serializer, de::SeqAccess, ser::SerializeSeq as _};

use super::part::{Entry, Part, Raw, Reader};

/// A list without its null and odd entries (N10); those are set aside with their places.
impl<T: Part> Part for Vec<T> {
    fn of_list<'de, A: SeqAccess<'de>>(
        slot: &mut Option<Self>,
        mut list: A,
    ) -> Result<Option<Raw>, A::Error> {
        let (mut values, mut aside) = (Self::new(), Vec::new());
        let (mut place, mut value) = (0, None);
        while let Some(raw) = list.next_element_seed(Reader(&mut value))? {
            let understood = value.is_some();
            if raw.is_some() || !understood {
                aside.push(Entry { place, understood, raw: raw.unwrap_or(Raw::NULL) });
            }
            values.extend(value.take());
            place += 1;
        }
        *slot = Some(values);
        Ok(entries(aside))
    }

    fn write<S: Serializer>(&self, raw: Option<&Raw>, serializer: S) -> Result<S::Ok, S::Error> {
        let Some(Raw::Entries(aside)) = raw else { return self.serialize(serializer) };
        let left_out = aside.iter().filter(|entry| !entry.understood).count();
        let mut list = serializer.serialize_seq(Some(self.len() + left_out))?;
        let (mut aside, mut values) = (aside.iter().peekable(), self.iter());
        for place in 0..self.len() + left_out {
            match aside.next_if(|entry| entry.place == place) {
                Some(Entry { understood: false, raw, .. }) => list.serialize_element(raw)?,
                entry => {
                    let raw = entry.map(|entry| &entry.raw);
                    if let Some(value) = values.next() {
                        list.serialize_element(&Written { value, raw })?;
                    }
                }
            }
        }
        list.end()
    }
}

/// A list in which places matter (N04): null and odd entries are `None`.
impl<T: Part> Part for Vec<Option<T>> {
    fn of_list<'de, A: SeqAccess<'de>>(
        slot: &mut Option<Self>,
        mut list: A,
    ) -> Result<Option<Raw>, A::Error> {
        let (mut values, mut aside) = (Self::new(), Vec::new());
        let mut place = 0;
        loop {
            values.push(None);
            let Some(value) = values.last_mut() else { break };
            let Some(raw) = list.next_element_seed(Reader(value))? else { break };
            let understood = value.is_some();
            aside.extend(raw.map(|raw| Entry { place, understood, raw }));
            place += 1;
        }
        values.truncate(place);
        *slot = Some(values);
        Ok(entries(aside))
    }

    fn write<S: Serializer>(&self, raw: Option<&Raw>, serializer: S) -> Result<S::Ok, S::Error> {
        let Some(Raw::Entries(aside)) = raw else { return self.serialize(serializer) };
        let mut list = serializer.serialize_seq(Some(self.len()))?;
        let mut aside = aside.iter().peekable();
        for (place, value) in self.iter().enumerate() {
            let entry = aside.next_if(|entry| entry.place == place);
            match (value, entry) {
                (Some(value), entry) => {
                    list.serialize_element(&Written { value, raw: entry.map(|entry| &entry.raw) })?;
                }
                (None, Some(Entry { understood: false, raw, .. })) => {
                    list.serialize_element(raw)?;
                }
                (None, _) => list.serialize_element(&None::<()>)?,
            }
        }
        list.end()
    }
}

fn entries(aside: Vec<Entry>) -> Option<Raw> {
    (!aside.is_empty()).then_some(Raw::Entries(aside))
}

/// A value together with how it was read.
pub(super) struct Written<'a, T> {
    pub(super) value: &'a T,
    pub(super) raw: Option<&'a Raw>,
}

impl<T: Part> Serialize for Written<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value.write(self.raw, serializer)
    }
}
