//! Resources: a text, an image, one of a template, and one to watch.

use mcp_server::{
    offer::{Fault, Offer, Offered},
    tools::Effect,
};
use rmcp::model::{ReadResourceResult, Resource, ResourceContents, ResourceTemplate};
use serde_json::json;

use crate::content::PNG;

pub(crate) fn offer(offer: Offer) -> Offer {
    let watched = "test://watched-resource";
    let template = "test://template/{id}/data";
    offer
        .resource(fixed(
            "test://static-text",
            ResourceContents::text(
                "This is the content of the static text resource.",
                "test://static-text",
            )
            .with_mime_type("text/plain"),
        ))
        .resource(fixed(
            "test://static-binary",
            ResourceContents::blob(PNG, "test://static-binary").with_mime_type("image/png"),
        ))
        .resource(fixed(
            watched,
            ResourceContents::text("Watched.", watched).with_mime_type("text/plain"),
        ))
        .watched(watched)
        .template(Offered::new(
            "resource.template",
            Effect::Read,
            ResourceTemplate::new(template, "template").with_description("For the suite"),
            async |variables, _| {
                let id = variables["id"].as_str().unwrap();
                let data =
                    json!({ "id": id, "templateTest": true, "data": format!("Data for ID: {id}") });
                let uri = variables["uri"].as_str().unwrap();
                let contents = ResourceContents::text(data.to_string(), uri);
                let contents = contents.with_mime_type("application/json");
                Ok::<_, Fault>(ReadResourceResult::new(vec![contents]))
            },
        ))
}

fn fixed(uri: &str, contents: ResourceContents) -> Offered<Resource, ReadResourceResult> {
    let listed = Resource::new(uri, uri).with_description("For the suite");
    Offered::new("resource.fixed", Effect::Read, listed, move |_, _| {
        let result = ReadResourceResult::new(vec![contents.clone()]);
        async move { Ok::<_, Fault>(result) }
    })
}
