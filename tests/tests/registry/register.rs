//! Registering versions: what is accepted, what is refused, and what the answers look like.

use insta::assert_snapshot;

use super::world::World;

const ORDER: &str = r#"{"type":"object","required":["id"],"properties":{"id":{"type":"string"}}}"#;

#[test]
fn a_new_version_and_the_same_again() {
    let world = World::start();
    assert_snapshot!(world.put("shop.order@1.0.0", ORDER), @r#"
    201 application/json
    {
      "subject": "shop.order",
      "version": "1.0.0",
      "digest": "sha256:3797626bd17e346de1adbbe242cd2c4e41a5956ccf7424c65cf45e2bbef10c81",
      "id": 1,
      "ordinal": 1,
      "url": "/schemas/shop.order/1.0.0.json",
      "report": {
        "subject": "shop.order",
        "version": "1.0.0",
        "mode": "backward_transitive",
        "content_model": "lenient",
        "formats": "assert",
        "baselines": [],
        "verdict": "compatible",
        "required_bump": "patch",
        "deserved_version": "1.0.0",
        "version_too_small": false,
        "findings": [],
        "masked": [],
        "stricter": null
      }
    }
    "#);
    assert_snapshot!(world.put("shop.order@1.0.0", ORDER), @r#"
    200 application/json
    {
      "subject": "shop.order",
      "version": "1.0.0",
      "digest": "sha256:3797626bd17e346de1adbbe242cd2c4e41a5956ccf7424c65cf45e2bbef10c81",
      "id": 1,
      "ordinal": 1,
      "url": "/schemas/shop.order/1.0.0.json"
    }
    "#);
    let reply = world.get("/schemas/shop.order/1.0.0.json");
    assert_eq!((reply.status, reply.body.as_str()), (200, ORDER));
}
