//! Reads a file with a parser, and writes everything that it names out from the root.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::{
    Attribute, Ident, ImplItemFn, Item, ItemFn, ItemImpl, ItemMod, ItemUse, Macro, Pat, UseTree, Visibility,
    spanned::Spanned as _, visit::Visit,
};

use super::source::{CRATES, Named, Rest, Source};

pub(super) fn read(file: PathBuf, module: Vec<String>, crate_name: &str, parsed: &syn::File) -> Source {
    let mut reader = Reader {
        crate_name: crate_name.to_owned(),
        module: module.clone(),
        aliases: BTreeMap::new(),
        own: BTreeSet::new(),
        function: 0,
        functions: 0,
        types: Vec::new(),
        names: Vec::new(),
        handed_on: BTreeMap::new(),
        enums: BTreeSet::new(),
        rests: Vec::new(),
    };
    for item in &parsed.items {
        reader.declare(item);
    }
    reader.learn(&parsed.items);
    reader.visit_file(parsed);
    Source {
        file,
        module,
        names: reader.names,
        handed_on: reader.handed_on,
        enums: reader.enums,
        rests: reader.rests,
    }
}

struct Reader {
    crate_name: String,
    module: Vec<String>,
    /// What short names stand for.
    aliases: BTreeMap<String, Vec<String>>,
    own: BTreeSet<String>,
    function: usize,
    functions: usize,
    /// What `Self` is.
    types: Vec<String>,
    names: Vec<Named>,
    handed_on: BTreeMap<String, Vec<String>>,
    enums: BTreeSet<String>,
    rests: Vec<Rest>,
}

/// Looks for `use` wherever it stands.
struct Uses<'a>(Vec<&'a ItemUse>);

impl<'a> Visit<'a> for Uses<'a> {
    fn visit_item_use(&mut self, item: &'a ItemUse) {
        self.0.push(item);
    }

    fn visit_item_mod(&mut self, _: &'a ItemMod) {}
}

fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let list = attribute.meta.require_list();
        attribute.path().is_ident("cfg") && list.is_ok_and(|list| list.tokens.to_string() == "test")
    })
}

impl Reader {
    fn declare(&mut self, item: &Item) {
        let name = match item {
            Item::Const(item) => &item.ident,
            Item::Enum(item) => &item.ident,
            Item::Fn(item) => &item.sig.ident,
            Item::Mod(item) => &item.ident,
            Item::Static(item) => &item.ident,
            Item::Struct(item) => &item.ident,
            Item::Trait(item) => &item.ident,
            Item::Type(item) => &item.ident,
            _ => return,
        };
        self.own.insert(name.to_string());
    }

    /// What the short names of these items stand for.
    fn learn(&mut self, items: &[Item]) {
        let mut uses = Uses(Vec::new());
        for item in items {
            uses.visit_item(item);
        }
        for item in uses.0 {
            for (name, path) in self.leaves(item) {
                if !matches!(item.vis, Visibility::Inherited) {
                    self.handed_on.insert(name.clone(), path.clone());
                }
                self.aliases.insert(name, path);
            }
        }
    }

    /// Every name that a `use` brings, with its path from the root.
    fn leaves(&self, item: &ItemUse) -> Vec<(String, Vec<String>)> {
        let mut leaves = Vec::new();
        spread(&item.tree, &mut Vec::new(), &mut leaves);
        let rooted = leaves.into_iter().map(|(name, path)| (name, self.rooted(&path)));
        rooted.collect()
    }

    /// A path, written out from the root.
    fn rooted(&self, path: &[String]) -> Vec<String> {
        let Some((first, rest)) = path.split_first() else {
            return Vec::new();
        };
        let mut root = match first.as_str() {
            "crate" if self.crate_name.is_empty() => Vec::new(),
            "crate" => vec![self.crate_name.clone()],
            "kernel" | "starbridge" => Vec::new(),
            "self" => self.module.clone(),
            "super" => self.module[..self.module.len().saturating_sub(1)].to_vec(),
            "Self" => self.types.last().cloned().into_iter().collect(),
            name => match self.aliases.get(name) {
                Some(path) if path.as_slice() != [name.to_owned()] => path.clone(),
                _ if self.own.contains(name) => [self.module.as_slice(), &[name.to_owned()]].concat(),
                _ if CRATES.iter().any(|(_, known)| *known == name) => vec![name.to_owned()],
                // Of somebody else's, or nothing but the name of a variable.
                _ => vec![format!("::{name}")],
            },
        };
        for part in rest {
            match part.as_str() {
                "super" => drop(root.pop()),
                "self" => {}
                part => root.push(part.to_owned()),
            }
        }
        root
    }

    fn name(&mut self, line: usize, path: &[String]) {
        let path = self.rooted(path);
        self.names.push(Named {
            line,
            path,
            function: self.function,
        });
    }

    fn tokens(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            at += 1;
            match token {
                TokenTree::Group(group) => self.tokens(group.stream()),
                TokenTree::Ident(ident) => {
                    let (line, mut path) = (ident.span().start().line, vec![ident.to_string()]);
                    while let (Some(TokenTree::Punct(one)), Some(TokenTree::Punct(two)), Some(TokenTree::Ident(next))) =
                        (tokens.get(at), tokens.get(at + 1), tokens.get(at + 2))
                        && one.as_char() == ':'
                        && two.as_char() == ':'
                    {
                        path.push(next.to_string());
                        at += 3;
                    }
                    if path.len() > 1 {
                        self.name(line, &path);
                    }
                }
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
        }
    }

    /// Closed vocabularies are written as `Name("name") { Variant = "word" }` in a macro.
    fn vocabularies(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        for window in tokens.windows(3) {
            if let [TokenTree::Ident(name), TokenTree::Group(one), TokenTree::Group(two)] = window
                && one.delimiter() == Delimiter::Parenthesis
                && two.delimiter() == Delimiter::Brace
            {
                self.enums.insert(name.to_string());
            }
        }
    }

    /// The paths that an arm names at its head, if it names any.
    fn heads(&self, pat: &Pat, into: &mut Vec<Vec<String>>) {
        let path = match pat {
            Pat::Or(pat) => return pat.cases.iter().for_each(|case| self.heads(case, into)),
            Pat::Paren(pat) => return self.heads(&pat.pat, into),
            Pat::Reference(pat) => return self.heads(&pat.pat, into),
            Pat::Tuple(pat) => return pat.elems.iter().for_each(|one| self.heads(one, into)),
            Pat::Ident(pat) if pat.subpat.is_none() => vec![pat.ident.to_string()],
            Pat::Path(pat) => words(&pat.path),
            Pat::Struct(pat) => words(&pat.path),
            Pat::TupleStruct(pat) => {
                pat.elems.iter().for_each(|one| self.heads(one, into));
                words(&pat.path)
            }
            _ => return,
        };
        into.push(self.rooted(&path));
    }
}

/// The names of a path.
fn words(path: &syn::Path) -> Vec<String> {
    path.segments.iter().map(|segment| segment.ident.to_string()).collect()
}

fn spread(tree: &UseTree, before: &mut Vec<String>, into: &mut Vec<(String, Vec<String>)>) {
    let mut leaf = |name: &Ident, alias: &Ident, before: &[String]| {
        let path = if name == "self" {
            before.to_vec()
        } else {
            [before, &[name.to_string()]].concat()
        };
        let alias = if alias == "self" {
            before.last().cloned().unwrap_or_default()
        } else {
            alias.to_string()
        };
        // A name that is only brought for its methods.
        let alias = if alias == "_" {
            format!("_{}", path.join("_"))
        } else {
            alias
        };
        into.push((alias, path));
    };
    match tree {
        UseTree::Path(path) => {
            before.push(path.ident.to_string());
            spread(&path.tree, before, into);
            before.pop();
        }
        UseTree::Name(name) => leaf(&name.ident, &name.ident, before),
        UseTree::Rename(name) => leaf(&name.ident, &name.rename, before),
        UseTree::Glob(_) => into.push((format!("*{}", before.join("_")), before.clone())),
        UseTree::Group(group) => group.items.iter().for_each(|tree| spread(tree, before, into)),
    }
}

impl<'a> Visit<'a> for Reader {
    fn visit_item(&mut self, item: &'a Item) {
        let attributes: &[Attribute] = match item {
            Item::Fn(item) => &item.attrs,
            Item::Impl(item) => &item.attrs,
            Item::Mod(item) => &item.attrs,
            Item::Use(item) => &item.attrs,
            _ => &[],
        };
        if !is_test(attributes) {
            syn::visit::visit_item(self, item);
        }
    }

    fn visit_item_mod(&mut self, item: &'a ItemMod) {
        let Some((_, items)) = &item.content else { return };
        // A module inside the file has names of its own.
        let (aliases, own) = (self.aliases.clone(), self.own.clone());
        self.module.push(item.ident.to_string());
        let handed_on = self.handed_on.clone();
        for item in items {
            self.declare(item);
        }
        self.learn(items);
        self.handed_on = handed_on;
        for item in items {
            self.visit_item(item);
        }
        self.module.pop();
        (self.aliases, self.own) = (aliases, own);
    }

    fn visit_item_use(&mut self, item: &'a ItemUse) {
        let line = item.span().start().line;
        for (_, path) in self.leaves(item) {
            self.names.push(Named {
                line,
                path,
                function: self.function,
            });
        }
    }

    fn visit_item_enum(&mut self, item: &'a syn::ItemEnum) {
        self.enums.insert(item.ident.to_string());
        self.types.push(item.ident.to_string());
        syn::visit::visit_item_enum(self, item);
        self.types.pop();
    }

    fn visit_item_impl(&mut self, item: &'a ItemImpl) {
        let name = match &*item.self_ty {
            syn::Type::Path(path) => words(&path.path).pop().unwrap_or_default(),
            _ => String::new(),
        };
        self.types.push(name);
        syn::visit::visit_item_impl(self, item);
        self.types.pop();
    }

    fn visit_item_fn(&mut self, item: &'a ItemFn) {
        let outside = self.begin();
        syn::visit::visit_item_fn(self, item);
        self.function = outside;
    }

    fn visit_impl_item_fn(&mut self, item: &'a ImplItemFn) {
        let outside = self.begin();
        syn::visit::visit_impl_item_fn(self, item);
        self.function = outside;
    }

    fn visit_path(&mut self, path: &'a syn::Path) {
        self.name(path.span().start().line, &words(path));
        syn::visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, mac: &'a Macro) {
        self.name(mac.span().start().line, &words(&mac.path));
        self.tokens(mac.tokens.clone());
        self.vocabularies(mac.tokens.clone());
    }

    fn visit_expr_method_call(&mut self, call: &'a syn::ExprMethodCall) {
        if call.method == "into_active_model" {
            let line = call.method.span().start().line;
            let path = vec!["into_active_model".to_owned()];
            self.names.push(Named {
                line,
                path,
                function: self.function,
            });
        }
        syn::visit::visit_expr_method_call(self, call);
    }

    fn visit_expr_match(&mut self, item: &'a syn::ExprMatch) {
        if let Some(rest) = item
            .arms
            .iter()
            .find(|arm| takes_the_rest(&arm.pat) && arm.guard.is_none())
        {
            let mut arms = Vec::new();
            item.arms.iter().for_each(|arm| self.heads(&arm.pat, &mut arms));
            let line = rest.pat.span().start().line;
            self.rests.push(Rest { line, arms });
        }
        syn::visit::visit_expr_match(self, item);
    }

    /// `!matches!(…)` is true of the rest.
    fn visit_expr_unary(&mut self, item: &'a syn::ExprUnary) {
        if let (syn::UnOp::Not(_), syn::Expr::Macro(of)) = (&item.op, &*item.expr)
            && of.mac.path.is_ident("matches")
            && let Ok(named) = of.mac.parse_body_with(named)
        {
            let mut arms = Vec::new();
            self.heads(&named, &mut arms);
            let line = item.span().start().line;
            self.rests.push(Rest { line, arms });
        }
        syn::visit::visit_expr_unary(self, item);
    }
}

/// What `matches!` asks for.
fn named(input: syn::parse::ParseStream<'_>) -> syn::Result<Pat> {
    input.parse::<syn::Expr>()?;
    input.parse::<syn::Token![,]>()?;
    let pat = Pat::parse_multi_with_leading_vert(input)?;
    input.parse::<TokenStream>()?;
    Ok(pat)
}

/// `_`, a name that stands for anything, or several of them.
fn takes_the_rest(pat: &Pat) -> bool {
    match pat {
        Pat::Wild(_) => true,
        Pat::Ident(pat) => pat.subpat.is_none() && pat.ident.to_string().starts_with(char::is_lowercase),
        Pat::Tuple(pat) => pat.elems.iter().all(takes_the_rest),
        _ => false,
    }
}

impl Reader {
    /// Go into a function; gives the one around it.
    fn begin(&mut self) -> usize {
        self.functions += 1;
        std::mem::replace(&mut self.function, self.functions)
    }
}
