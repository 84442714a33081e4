//! One list of handlers for two readers: who serves them, and who describes them.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::MethodRouter;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};

/// What routes are put into: a [`Router`], which serves them and knows nothing else, or an [`OpenApiRouter`], which also
/// collects their document.
///
/// Describing its operations is a tenth of a service's program, and nobody asks a running service for it. A program holds
/// only what is put into the kind of router that it makes: whatever is generic over this trait is written once, and a program
/// that only serves has no code that describes.
pub trait Routes: Default {
    /// What its handlers share.
    type State: Clone + Send + Sync + 'static;

    /// Adds handlers: `.routes(routes!(list_notes, create_note))`.
    #[must_use]
    fn routes<M, D>(self, handlers: Handlers<M, D>) -> Self
    where
        M: FnOnce(Router<Self::State>) -> Router<Self::State>,
        D: FnOnce() -> UtoipaMethodRouter<Self::State>;

    /// Adds one path by itself. What is said of it comes by [`Routes::describe`].
    #[must_use]
    fn route(self, path: &str, methods: MethodRouter<Self::State>) -> Self;

    /// Adds a document, if somebody collects them.
    #[must_use]
    fn describe(self, document: impl FnOnce() -> OpenApi) -> Self;

    /// Adds all that `other` has.
    #[must_use]
    fn merge(self, other: Self) -> Self;

    /// Limits the bodies of all requests to the routes so far, in bytes.
    #[must_use]
    fn body_limit(self, bytes: usize) -> Self;
}

/// Handlers as [`routes!`](macro@crate::openapi::routes) lists them.
#[derive(Debug)]
pub struct Handlers<M, D> {
    /// Puts them into a router.
    pub mount: M,
    /// Describes them and mounts them, too.
    pub describe: D,
}

impl<S: Clone + Send + Sync + 'static> Routes for Router<S> {
    type State = S;

    fn routes<M, D>(self, handlers: Handlers<M, D>) -> Self
    where
        M: FnOnce(Self) -> Self,
        D: FnOnce() -> UtoipaMethodRouter<S>,
    {
        (handlers.mount)(self)
    }

    fn route(self, path: &str, methods: MethodRouter<S>) -> Self {
        Self::route(self, path, methods)
    }

    fn describe(self, _: impl FnOnce() -> OpenApi) -> Self {
        self
    }

    fn merge(self, other: Self) -> Self {
        Self::merge(self, other)
    }

    fn body_limit(self, bytes: usize) -> Self {
        self.layer(DefaultBodyLimit::max(bytes))
    }
}

impl<S: Clone + Send + Sync + 'static> Routes for OpenApiRouter<S> {
    type State = S;

    fn routes<M, D>(self, handlers: Handlers<M, D>) -> Self
    where
        M: FnOnce(Router<S>) -> Router<S>,
        D: FnOnce() -> UtoipaMethodRouter<S>,
    {
        Self::routes(self, (handlers.describe)())
    }

    fn route(self, path: &str, methods: MethodRouter<S>) -> Self {
        Self::route(self, path, methods)
    }

    fn describe(self, document: impl FnOnce() -> OpenApi) -> Self {
        Self::merge(self, Self::with_openapi(document()))
    }

    fn merge(self, other: Self) -> Self {
        Self::merge(self, other)
    }

    fn body_limit(self, bytes: usize) -> Self {
        self.layer(DefaultBodyLimit::max(bytes))
    }
}

/// Handlers with `#[utoipa::path]` as [`Handlers`], by that path and method. A crate that uses it depends on `axum`, `utoipa`
/// and `utoipa-axum`.
#[doc(hidden)]
#[macro_export]
macro_rules! __openapi_routes {
    ($($($part:ident)::+),+ $(,)?) => {
        $crate::openapi::Handlers {
            mount: |router: axum::Router<_>| {
                use utoipa_axum::PathItemExt as _;
                $(
                    let path = utoipa_axum::routes!(@path [path()] of $($part)::+);
                    let methods = utoipa_axum::routes!(@path [methods()] of $($part)::+);
                    let router = methods.iter().fold(router, |router, method| {
                        let filter = method.to_method_filter();
                        router.route(&path, axum::routing::on(filter, $($part)::+))
                    });
                )+
                router
            },
            describe: || utoipa_axum::routes!($($($part)::+),+),
        }
    };
}

#[doc(inline)]
pub use crate::__openapi_routes as routes;

#[cfg(test)]
mod tests;
