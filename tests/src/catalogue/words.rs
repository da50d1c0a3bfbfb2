//! Word tables from which names are made, one per script.
//!
//! Every combination is made up; a likeness to a real artist or title is an accident.

/// The words of one script and how two of them are joined.
#[derive(Debug)]
pub(super) struct Script {
    /// Of 100 artists, how many have names of this script.
    pub(super) share: usize,
    pub(super) joint: &'static str,
    pub(super) artist: (&'static [&'static str], &'static [&'static str]),
    pub(super) title: (&'static [&'static str], &'static [&'static str]),
}

pub(super) const SCRIPTS: &[Script] = &[
    Script {
        share: 44,
        joint: " ",
        artist: (
            &[
                "Velvet",
                "Copper",
                "Silent",
                "Northern",
                "Paper",
                "Crimson",
                "Hollow",
                "Silver",
                "Marble",
                "Wandering",
                "Electric",
                "Gentle",
                "Amber",
                "Distant",
                "Salted",
                "Lunar",
            ],
            &[
                "Orchard", "Foxes", "Parade", "Machines", "Choir", "Harbour", "Weather", "Compass",
                "Thieves", "Carnival", "Antlers", "Signals", "Meridian", "Bicycle", "Wolves",
                "Garden",
            ],
        ),
        title: (
            &[
                "Midnight", "Broken", "Golden", "Slow", "Second", "Burning", "Empty", "Summer",
                "Winter", "Borrowed", "Electric", "Quiet", "Crooked", "Holy", "Faded", "Last",
                "Paper", "Endless",
            ],
            &[
                "Rain",
                "Highway",
                "Letters",
                "Mirror",
                "Tide",
                "Window",
                "Fever",
                "Radio",
                "Garden",
                "Ghosts",
                "Avenue",
                "Thunder",
                "Lullaby",
                "Satellite",
                "Harvest",
                "Shadow",
                "Station",
                "Hour",
            ],
        ),
    },
    Script {
        share: 16,
        joint: " ",
        artist: (
            &[
                "Señora", "Étoile", "Märchen", "São", "Łódź", "Café", "Höhle", "Año", "Façade",
                "Søster", "Čas", "Fête",
            ],
            &[
                "Perdida", "Élan", "Über", "Corazón", "Żubr", "Noël", "Grün", "Ñandú", "Déjà",
                "Ålesund", "Růže", "Forêt",
            ],
        ),
        title: (
            &[
                "Corazón",
                "Été",
                "Mañana",
                "Nächte",
                "Canção",
                "Świt",
                "Rêve",
                "Übermorgen",
                "Ilusión",
                "Coração",
                "Ljós",
                "Smrť",
            ],
            &[
                "Eterno",
                "Doré",
                "Perdão",
                "Über Nacht",
                "Sin Ti",
                "Między Nami",
                "à Minuit",
                "Após a Chuva",
                "Año Nuevo",
                "í Mars",
                "för Dig",
                "Příště",
            ],
        ),
    },
    Script {
        share: 6,
        joint: " ",
        artist: (
            &["Ασημένιοι", "Νύχτες", "Χάρτινα", "Θάλασσα", "Γαλάζιοι"],
            &["Άνεμοι", "Δρόμοι", "Καράβια", "Ορίζοντες", "Φάροι"],
        ),
        title: (
            &["Χαμένη", "Μικρή", "Τελευταία", "Γλυκιά", "Ξένη"],
            &["Βροχή", "Αυγή", "Σελήνη", "Πόλη", "Καρδιά"],
        ),
    },
    Script {
        share: 8,
        joint: " ",
        artist: (
            &["Тихий", "Медный", "Северный", "Бумажный", "Ночной"],
            &["Берег", "Трамвай", "Оркестр", "Маяк", "Снег"],
        ),
        title: (
            &["Последний", "Белый", "Чужой", "Ещё один", "Зимний"],
            &["Вечер", "Поезд", "Дождь", "Рассвет", "Сон"],
        ),
    },
    Script {
        share: 4,
        joint: " ",
        artist: (&["نجوم", "طيور", "أمواج", "حكايات"], &["الليل", "الصحراء", "المدينة", "الشرق"]),
        title: (&["أغنية", "ضوء", "رسالة", "حلم"], &["القمر", "البحر", "المطر", "الصباح"]),
    },
    Script {
        share: 3,
        joint: " ",
        artist: (&["כוכבי", "ציפורי", "שירי"], &["הלילה", "המדבר", "הים"]),
        title: (&["אור", "חלום", "מכתב"], &["ראשון", "רחוק", "אחרון"]),
    },
    Script {
        share: 4,
        joint: " ",
        artist: (&["नीला", "सुनहरा", "रात का"], &["आसमान", "दरिया", "मुसाफ़िर"]),
        title: (&["अधूरी", "पहली", "मीठी"], &["बारिश", "कहानी", "शाम"]),
    },
    Script {
        share: 5,
        joint: "",
        artist: (&["夜の", "青い", "銀河", "雨上がりの"], &["灯台", "楽団", "列車", "くじら"]),
        title: (&["さよなら", "真夏の", "遠い", "ガラスの"], &["手紙", "メロディー", "空", "約束"]),
    },
    Script {
        share: 4,
        joint: " ",
        artist: (&["푸른", "조용한", "은빛"], &["바다", "기차", "정원"]),
        title: (&["마지막", "하얀", "낯선"], &["편지", "겨울", "노래"]),
    },
    Script {
        share: 4,
        joint: "",
        artist: (&["银色", "远方", "午夜"], &["乐队", "风筝", "海岸"]),
        title: (&["最后的", "遥远的", "无声的"], &["夏天", "月光", "车站"]),
    },
    Script {
        share: 2,
        joint: " ",
        artist: (&["🦊", "🌙 Moon", "☕"], &["Disco", "🎺 Brass", "Club"]),
        title: (&["🔥", "💔 Blue", "✨"], &["Summer 🌴", "Heart", "Tonight 🌃"]),
    },
];

/// Every genre, of artists and for recommendations.
pub(crate) const GENRES: &[&str] = &[
    "indie folk",
    "synthpop",
    "chamber pop",
    "post-rock",
    "bossa nova",
    "ambient",
    "jazz fusion",
    "desert blues",
    "city pop",
    "electro swing",
    "dream pop",
    "neoclassical",
];

pub(super) const LABELS: &[&str] =
    &["Tin Roof Records", "Blue Kettle", "Atelier Nord", "Slow Boat Music", "Paper Moon"];

pub(super) const COUNTRIES: &[&str] = &["DE", "GB", "SE", "FR", "GR", "JP", "BR", "PL"];

pub(super) const SHOWS: &[(&str, &str)] = &[
    ("Cables and Coffee", "Kettle Audio"),
    ("The Slow Radiator", "Radiator House"),
    ("Maps of Nowhere", "Atlas Talk"),
    ("Die Werkstatt am Fluss", "Uferfunk"),
    ("Histoires à dormir debout", "Radio Lune"),
    ("Gardens After Dark", "Kettle Audio"),
    ("真夜中の図書館", "灯台ラジオ"),
    ("Small Machines", "Workbench"),
];

pub(super) const AUDIOBOOKS: &[(&str, &str, &str)] = &[
    ("The Clockmaker's Orchard", "Imogen Vale", "Piet Harrow"),
    ("Seven Winters North", "Anselm Kjær", "Ruth Tamm"),
    ("A Short History of Lighthouses", "Theodora Quill", "Theodora Quill"),
    ("Die Stille der Schleusen", "Jorun Beck", "Karl Amsel"),
];
