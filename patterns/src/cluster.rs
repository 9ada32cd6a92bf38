use std::fs;
use std::io::Write as _;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use evschema_tests::Nats;
use tempfile::TempDir;

use crate::failure::Attempt;

/// NATS servers with JetStream on the loopback interface: one, or a cluster.
///
/// The servers stop when the value is dropped, or when the process ends for any reason.
#[derive(Debug)]
pub(crate) struct Cluster {
    nodes: Vec<Node>,
    _folder: TempDir,
}

/// A server, and the shell that controls it.
#[derive(Debug)]
struct Node {
    keeper: Child,
    port: u16,
    log: PathBuf,
}

/// Maximum time for the start of a server.
const START_MAX: Duration = Duration::from_secs(60);

/// Runs the server until standard input closes. Each line of standard input is a command: `crash` kills the server with
/// SIGKILL, and `start` starts it again with its data.
const KEEPER: &str = r#"
server=$1; folder=$2; port=$3; shift 3
start() {
    rm -f "$folder/log"
    "$server" -js -sd "$folder/data" -a 127.0.0.1 -p "$port" -l "$folder/log" "$@" >/dev/null 2>&1 </dev/null &
    pid=$!
}
start "$@"
while read -r order; do
    case $order in
        crash) kill -KILL "$pid"; wait "$pid" ;;
        start) start "$@" ;;
    esac
done
kill -TERM "$pid" 2>/dev/null
wait "$pid"
rm -rf "$folder"
# The last server also removes the folder of all servers, if this program was killed.
rmdir "$(dirname "$folder")" 2>/dev/null
"#;

impl Cluster {
    /// Starts this number of servers. Several servers form a cluster.
    ///
    /// # Errors
    ///
    /// If the program is missing and cannot be fetched, or if a server does not start.
    pub(crate) fn start(count: usize) -> Attempt<Self> {
        let server = if 1 < count { Nats::find_recent_program()? } else { Nats::find_program()? };
        let folder = tempfile::Builder::new().prefix("evschema-patterns-").tempdir()?;
        let ports = free_ports(2 * count)?;
        let (clients, routes) = ports.split_at(count);
        let route_urls: Vec<String> =
            routes.iter().map(|port| format!("nats-route://127.0.0.1:{port}")).collect();
        let mut nodes = Vec::new();
        for (index, (port, route)) in clients.iter().zip(routes).enumerate() {
            let name = format!("node{}", index + 1);
            let own = folder.path().join(&name);
            fs::create_dir(&own)?;
            let mut arguments = vec!["--server_name".to_owned(), name];
            if 1 < count {
                arguments.extend(["--cluster_name".to_owned(), "patterns".to_owned()]);
                arguments.extend(["--cluster".to_owned(), format!("nats://127.0.0.1:{route}")]);
                arguments.extend(["--routes".to_owned(), route_urls.join(",")]);
            }
            nodes.push(Node::start(&server, &own, *port, &arguments)?);
        }
        for node in &nodes {
            node.wait_until_ready()?;
        }
        Ok(Self { nodes, _folder: folder })
    }

    /// Returns the number of servers.
    pub(crate) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Returns the URLs of all servers, with commas between them.
    pub(crate) fn urls(&self) -> String {
        let urls: Vec<String> =
            self.nodes.iter().map(|node| format!("nats://127.0.0.1:{}", node.port)).collect();
        urls.join(",")
    }

    /// Kills a server with SIGKILL, and returns after its end.
    ///
    /// # Errors
    ///
    /// If the server does not end.
    pub(crate) fn kill(&mut self, index: usize) -> Attempt {
        let Some(node) = self.nodes.get_mut(index) else { return Ok(()) };
        node.order("crash")?;
        let start = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, node.port)).is_ok() {
            if START_MAX < start.elapsed() {
                return Err("a killed NATS server still answers".into());
            }
            sleep(Duration::from_millis(5));
        }
        Ok(())
    }

    /// Starts a killed server again, with its data.
    ///
    /// # Errors
    ///
    /// If the server does not start.
    pub(crate) fn restart(&mut self, index: usize) -> Attempt {
        let Some(node) = self.nodes.get_mut(index) else { return Ok(()) };
        node.order("start")?;
        node.wait_until_ready()
    }
}

impl Node {
    fn start(server: &Path, folder: &Path, port: u16, arguments: &[String]) -> Attempt<Self> {
        let keeper = Command::new("sh")
            .args(["-c", KEEPER, "keeper"])
            .arg(server)
            .arg(folder)
            .arg(port.to_string())
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // Ctrl-C must reach only this program. The end of this program stops the server.
            .process_group(0)
            .spawn()?;
        Ok(Self { keeper, port, log: folder.join("log") })
    }

    fn order(&mut self, order: &str) -> Attempt {
        let pipe = self.keeper.stdin.as_mut().ok_or("the shell of a NATS server has no input")?;
        Ok(writeln!(pipe, "{order}")?)
    }

    fn wait_until_ready(&self) -> Attempt {
        let start = Instant::now();
        loop {
            let printed = fs::read_to_string(&self.log).unwrap_or_default();
            if printed.contains("Server is ready") {
                return Ok(());
            }
            if START_MAX < start.elapsed() || printed.contains("[FTL]") {
                return Err(format!("a NATS server did not start:\n{printed}").into());
            }
            sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        // The shell stops the server even if this wait fails.
        let _ = self.keeper.wait();
    }
}

/// Returns ports that were free a moment ago. All of them are bound at the same time, so they differ.
fn free_ports(count: usize) -> Attempt<Vec<u16>> {
    let listeners: Result<Vec<TcpListener>, _> =
        (0..count).map(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, 0))).collect();
    listeners?.iter().map(|listener| Ok(listener.local_addr()?.port())).collect()
}
