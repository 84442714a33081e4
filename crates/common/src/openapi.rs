//! What every service's OpenAPI document has, and routes from which it is made.
//!
//! Routers are generic over [`Routes`]: made as an `axum::Router` they serve, in every build and every test; made as an
//! `OpenApiRouter` they describe themselves, for the command `openapi` of a debug build.

use utoipa::Modify;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{Content, OpenApi, RefOr};

use crate::problem::MEDIA_TYPE;

mod routes;

pub use routes::{Handlers, Routes, routes};

const PROBLEM: &str = "#/components/schemas/Problem";

/// Describes the access token as security scheme `bearer`.
#[derive(Debug, Clone, Copy)]
pub struct Bearer;

impl Modify for Bearer {
    fn modify(&self, document: &mut OpenApi) {
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("JWT")
            .description(Some("Access token from `POST /auth/login`."))
            .build();
        document
            .components
            .get_or_insert_default()
            .add_security_scheme("bearer", SecurityScheme::Http(scheme));
    }
}

/// Says of every [`Problem`](crate::Problem) in the document that it is `application/problem+json`.
/// `openapi` on the command line does so by itself.
pub fn finish(mut document: OpenApi) -> OpenApi {
    let operations = document.paths.paths.values_mut().flat_map(|path| {
        [
            path.get.as_mut(),
            path.put.as_mut(),
            path.post.as_mut(),
            path.delete.as_mut(),
            path.patch.as_mut(),
        ]
    });
    for operation in operations.flatten() {
        for response in operation.responses.responses.values_mut() {
            let RefOr::T(response) = response else {
                continue;
            };
            let is_problem = response
                .content
                .get("application/json")
                .is_some_and(|content| {
                    matches!(
                        content,
                        RefOr::T(Content { schema: Some(RefOr::Ref(schema)), .. })
                            if schema.ref_location == PROBLEM
                    )
                });
            if is_problem && let Some(content) = response.content.shift_remove("application/json") {
                response.content.insert(MEDIA_TYPE.to_owned(), content);
            }
        }
    }
    document
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Problem;

    #[derive(utoipa::OpenApi)]
    #[openapi(paths(read), modifiers(&Bearer))]
    struct Document;

    #[utoipa::path(get, path = "/notes", security(("bearer" = [])), responses(
        (status = 200, body = String, content_type = "application/json"),
        (status = 404, body = Problem),
    ))]
    #[expect(dead_code, reason = "stands for a handler")]
    fn read() {}

    #[test]
    fn problems_have_their_media_type_and_schema() {
        let document = finish(<Document as utoipa::OpenApi>::openapi());
        let json = serde_json::to_value(&document).unwrap();
        let responses = &json["paths"]["/notes"]["get"]["responses"];
        assert!(responses["200"]["content"]["application/json"].is_object());
        assert_eq!(
            responses["404"]["content"],
            serde_json::json!({MEDIA_TYPE: {"schema": {"$ref": PROBLEM}}})
        );
        let schemas = &json["components"]["schemas"];
        assert!(
            schemas["Problem"]["properties"]["code"].is_object(),
            "{schemas}"
        );
        assert!(schemas["FieldError"].is_object(), "{schemas}");
        assert_eq!(
            json["components"]["securitySchemes"]["bearer"]["scheme"],
            "bearer"
        );
    }
}
