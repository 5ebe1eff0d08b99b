//! A document that was read, with its signatures, and believed by nobody yet.

use arch_identity::Digest;
use arch_problem::{Place, Problem, Span, codes};

use crate::{
    ApiVersion, Document, Fault, Kind, SignatureEntry, envelope,
    flaw::shortened,
    json, signature,
    tree::{self, Node},
    typed, yaml,
};

/// Canonical bytes, signatures, and where everything stands in the file.
#[derive(Debug, Clone)]
pub struct SignedDocument {
    file: String,
    source: Vec<u8>,
    kind: Kind,
    body: Vec<u8>,
    digest: Digest,
    signatures: Vec<SignatureEntry>,
    places: Places,
}

/// How pointers into the document become places in the file.
#[derive(Debug, Clone)]
enum Places {
    /// A YAML file: each value has its own place.
    Yaml(Node),
    /// An envelope: the document is one long text in it.
    Envelope { envelope: Node, payload: Span },
}

impl SignedDocument {
    /// Reads YAML, or a DSSE envelope when the first byte is `{`. `file` is the name for messages.
    ///
    /// # Errors
    /// The first [`Problem`] of its form, with its place. Signatures are not checked here.
    pub fn parse(file: &str, bytes: &[u8]) -> Result<Self, Box<Problem>> {
        if bytes.first() == Some(&b'{') {
            return Self::from_envelope(file, bytes);
        }
        let root = yaml::load(file, bytes)?.into_root();
        let told = |fault: Fault| tell(file, &Places::Yaml(root.clone()), fault);
        let kind = kind_of(&root).map_err(told)?;
        let signatures = signature::read_all(&root).map_err(told)?;
        let body = tree::body(&root, bytes.len())
            .map_err(|e| told(Fault::new("", e.code(), e.to_string())))?;
        Ok(Self {
            file: file.to_owned(),
            source: bytes.to_vec(),
            kind,
            digest: Digest::of(&body),
            body,
            signatures,
            places: Places::Yaml(root),
        })
    }

    fn from_envelope(file: &str, bytes: &[u8]) -> Result<Self, Box<Problem>> {
        let envelope = json::load_envelope(file, bytes)?;
        let payload = envelope.find("/payload").node.span;
        // Faults of the envelope itself have places of their own.
        let outer = |fault: Fault| tell(file, &Places::Yaml(envelope.clone()), fault);
        let inner = |fault: Fault| {
            tell(file, &Places::Envelope { envelope: envelope.clone(), payload }, fault)
        };
        let opened = envelope::open(&envelope).map_err(outer)?;
        let body = json::load(file, &opened.payload).map_err(|problem| {
            let text = format!("in the payload: {}", problem.message);
            outer(Fault::new("/payload", problem.code, text).help(problem.help.clone()))
        })?;
        let canonical = tree::body(&body, opened.payload.len()).ok();
        if canonical.as_deref() != Some(&*opened.payload) {
            let text = "the payload differs from its canonical form";
            return Err(outer(Fault::new("/payload", codes::PAYLOAD_NOT_CANONICAL, text)));
        }
        let kind = kind_of(&body).map_err(inner)?;
        if opened.payload_type != kind.payload_type() {
            let text = format!("a {kind} has the payload type `{}`", kind.payload_type());
            return Err(outer(Fault::new("/payloadType", codes::PAYLOAD_TYPE, text)));
        }
        Ok(Self {
            file: file.to_owned(),
            source: bytes.to_vec(),
            kind,
            digest: Digest::of(&opened.payload),
            body: opened.payload,
            signatures: opened.signatures,
            places: Places::Envelope { envelope, payload },
        })
    }

    /// What the document says it is; part of what is signed.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The document's identity everywhere: SHA-256 of [`Self::body`].
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// What is signed: the canonical JSON of the document without its signatures.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The file's name as it was given.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The bytes as they were read. Store these, and parse and verify them again on load.
    #[must_use]
    pub fn source(&self) -> &[u8] {
        &self.source
    }

    /// The signatures in the file's order.
    #[must_use]
    pub fn signatures(&self) -> &[SignatureEntry] {
        &self.signatures
    }

    /// Where the value at a JSON pointer stands; its nearest ancestor if it is absent.
    #[must_use]
    pub fn span(&self, pointer: &str) -> Option<Span> {
        Some(self.places.span(pointer, false))
    }

    /// The same as a place of this file, with words to write under it.
    #[must_use]
    pub fn place(&self, pointer: &str, label: &str) -> Option<Place> {
        let span = self.span(pointer)?;
        Some(Place { file: self.file.clone(), span, label: label.to_owned() })
    }

    /// A fault of this document as a problem with its place.
    #[must_use]
    pub fn problem(&self, fault: Fault) -> Problem {
        *tell(&self.file, &self.places, fault)
    }

    /// The typed document without any trust: for showing, planning and signing it.
    ///
    /// # Errors
    /// The first [`Problem`] of its content, with its place.
    pub fn read<T: Document>(&self) -> Result<T, Box<Problem>> {
        self.typed().map_err(|fault| tell(&self.file, &self.places, fault))
    }

    /// Reads the typed document from the canonical bytes: what is acted on is what was signed.
    pub(crate) fn typed<T: Document>(&self) -> Result<T, Fault> {
        if self.kind != T::KIND {
            let text = format!("this is a {}, a {} belongs here", self.kind, T::KIND);
            return Err(Fault::new("/kind", codes::WRONG_KIND, text));
        }
        let document: T = match typed::straight(&self.body) {
            Some(document) => document,
            None => self.by_tree()?,
        };
        document.metadata().check(self.kind)?;
        document.check()?;
        Ok(document)
    }

    fn by_tree<T: Document>(&self) -> Result<T, Fault> {
        let body = json::load(&self.file, &self.body)
            .map_err(|problem| Fault::new("", problem.code, problem.message))?;
        typed::read(&body)
    }

    /// The document as a DSSE envelope in JSON, with the same signatures.
    #[must_use]
    pub fn to_envelope(&self) -> String {
        envelope::write(&self.kind.payload_type(), &self.body, &self.signatures)
    }

    /// The tree of a YAML file; `None` for an envelope.
    pub(crate) fn tree(&self) -> Option<&Node> {
        match &self.places {
            Places::Yaml(root) => Some(root),
            Places::Envelope { .. } => None,
        }
    }
}

impl Places {
    fn span(&self, pointer: &str, on_key: bool) -> Span {
        let found = match self {
            Self::Yaml(root) => root.find(pointer),
            Self::Envelope { envelope, .. } if pointer.starts_with("/signatures") => {
                envelope.find(pointer)
            }
            Self::Envelope { payload, .. } => return *payload,
        };
        let key = if on_key || !found.exact { found.key } else { None };
        key.unwrap_or(found.node.span)
    }
}

fn tell(file: &str, places: &Places, fault: Fault) -> Box<Problem> {
    let span = places.span(&fault.pointer, fault.on_key);
    let problem = Problem::new(fault.code, fault.message).at(file, span, "");
    Box::new(match fault.help {
        Some(help) => problem.help(help),
        None => problem,
    })
}

/// Reads `apiVersion` and `kind`, which decide how the rest is read.
fn kind_of(root: &Node) -> Result<Kind, Fault> {
    let text = |key: &str| match root.field(key) {
        None => Err(Fault::new("", codes::MISSING_FIELD, format!("the field `{key}` is missing"))),
        Some(field) => field.node.text().ok_or_else(|| {
            Fault::new(format!("/{key}"), codes::WRONG_TYPE, format!("`{key}` is text"))
        }),
    };
    let version = text("apiVersion")?;
    if version != ApiVersion::TEXT {
        let text = format!("`{}` is no version of the format", shortened(version));
        return Err(Fault::new("/apiVersion", codes::API_VERSION, text));
    }
    let kind = text("kind")?;
    kind.parse().map_err(|_| {
        let text = format!("there is no kind `{}`", shortened(kind));
        Fault::new("/kind", codes::UNKNOWN_KIND, text)
    })
}
