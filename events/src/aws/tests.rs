use super::*;

const CLOUD_EVENT: &str =
    r#"{"specversion":"1.0","id":"1","source":"/shop","type":"shop.sold","data":{"a":1.50}}"#;

const EVENT_BRIDGE: &str = r#"{
    "version": "0", "id": "6a7e8feb-b491-4cf7-a9f1-bf3703467718", "detail-type": "EC2 Instance State-change Notification",
    "source": "aws.ec2", "account": "111122223333", "time": "2017-12-22T18:43:48Z", "region": "us-west-1",
    "resources": ["arn:aws:ec2:us-west-1:123456789012:instance/i-1234567890abcdef0"],
    "detail": {"instance-id": " i-1234567890abcdef0", "state": "terminated"}
}"#;

#[test]
fn events_of_event_bridge() {
    let envelope = read_event_bridge(EVENT_BRIDGE.as_bytes()).unwrap();
    assert_eq!(envelope.event_type(), "EC2 Instance State-change Notification");
    assert_eq!((envelope.source(), envelope.time()), ("aws.ec2", Some("2017-12-22T18:43:48Z")));
    assert_eq!(envelope.extension("awsaccount").map(ToString::to_string).as_deref(), Some("111122223333"));
    let data = envelope.data().unwrap();
    assert!(EVENT_BRIDGE.as_bytes().as_ptr_range().contains(&data.as_ptr()), "the payload is a slice");

    let wrapped = format!("{{\"id\":\"x\",\"detail-type\":\"t\",\"source\":\"s\",\"detail\":{CLOUD_EVENT}}}");
    assert_eq!(read_event_bridge(wrapped.as_bytes()).unwrap().event_type(), "shop.sold");
    let broken = "{\"detail\":{\n\"specversion\":\"0.3\"}}";
    assert_eq!(
        read_event_bridge(broken.as_bytes()).unwrap_err().to_string(),
        "2:15 `/detail/specversion`: `specversion` is `0.3`, and this reader knows `1.0`"
    );
    let lacking = read_event_bridge(br#"{"id":"1","source":"s","detail":{}}"#).unwrap_err();
    assert_eq!(lacking.to_string(), "attribute `detail-type`: the event of EventBridge lacks this property");
    assert!(read_event_bridge(b"{").unwrap_err().is_not_json());
    assert!(!read_event_bridge(br#"{"id":7}"#).unwrap_err().is_not_json());
}

#[test]
fn bodies_of_queues() {
    assert_eq!(read_message(CLOUD_EVENT.as_bytes()).unwrap().id(), "1");
    assert_eq!(read_message(EVENT_BRIDGE.as_bytes()).unwrap().source(), "aws.ec2");
    for inner in [CLOUD_EVENT, EVENT_BRIDGE] {
        let message = serde_json::to_string(inner).unwrap();
        let notification = format!("{{\"Type\":\"Notification\",\"MessageId\":\"m\",\"Message\":{message}}}");
        let envelope = read_message(notification.as_bytes()).unwrap();
        assert_eq!(envelope.data(), read_message(inner.as_bytes()).unwrap().data());
    }
    let broken = "{\"Type\":\"Notification\",\n\"Message\":\"{}\"}";
    let error = read_message(broken.as_bytes()).unwrap_err().to_string();
    assert_eq!(error, "2:11 `/Message`: the attribute is missing, and CloudEvents requires it");
    assert!(read_message(b"nothing").unwrap_err().is_not_json());
}
