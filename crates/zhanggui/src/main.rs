//! The command line.

use std::{path::PathBuf, process::ExitCode};

use anyhow::Result;
use clap::{Parser, Subcommand};
use kernel::{Clock, Role};
use serde_json::{Value, json};
use zhanggui::{
    App, Config, Flags,
    commands::{backup, check, goods, import, key, list, serve, simulate, start, theme},
};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The shopkeeper's operating system: an online shop and the operation around it in one program.
#[derive(Debug, Parser)]
#[command(name = "zhanggui", version)]
struct Cli {
    #[command(flatten)]
    flags: Flags,
    /// Print one JSON object as the last line
    #[arg(long, global = true)]
    json: bool,
    /// Die after so many steps of bringing the schema up to date, for the suite that starts again
    #[cfg(debug_assertions)]
    #[arg(long, global = true, hide = true)]
    planted_death: Option<u64>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// A shop with goods, shoppers and history, to look around in
    Demo {
        /// No shoppers while it runs
        #[arg(long)]
        quiet: bool,
        /// The theme that its pages wear, such as journal
        #[arg(long)]
        theme: Option<String>,
    },
    /// Set up an empty shop with its first owner
    Init {
        /// The owner's e-mail address
        #[arg(long)]
        email: String,
        /// The owner's name
        #[arg(long)]
        name: String,
    },
    /// Run the shop: pages, programs' interface, background work
    Serve {
        /// Break a promise on purpose, for the suite that must notice
        #[cfg(debug_assertions)]
        #[arg(long, hide = true)]
        planted_early_ack: bool,
    },
    /// Do background work alone, beside other nodes that serve
    Worker,
    /// Bring in another system's data
    Import {
        /// The format: products (this shop's own CSV or Shopify's), uci-online-retail
        format: String,
        /// The file
        file: PathBuf,
        /// Read and report, write nothing
        #[arg(long)]
        dry_run: bool,
        /// Write every rejected or repaired row here, one JSON object a line
        #[arg(long)]
        rejects: Option<PathBuf>,
    },
    /// Write goods into a file
    Export {
        /// What: products
        what: String,
        /// The file
        file: PathBuf,
        /// Which CSV
        #[arg(long, value_enum, default_value_t)]
        format: goods::GoodsFormat,
    },
    /// Write the shop into one archive while it is open
    Backup {
        /// The archive
        archive: PathBuf,
    },
    /// Restore an archive into an empty data folder and verify it
    Restore {
        /// The archive
        archive: PathBuf,
    },
    /// Ask every invariant; silent and 0 only when all hold
    Check,
    /// Let seeded shoppers live in the shop, faster than life; open it first where there is none
    ///
    /// Shoppers get no letters: those that they would get are noted as sent and go nowhere.
    Simulate {
        /// Open the demonstration's shop in an empty data folder, with this many generated products instead of its own;
        /// refused where there are goods, collections or ways to deliver already
        #[arg(long)]
        products: Option<u32>,
        /// For how many days people come; 0 for none
        #[arg(long, default_value_t = 7)]
        days: i64,
        /// How many people come on a day, on average
        #[arg(long, default_value_t = 60)]
        visitors_per_day: u32,
        /// What every figure depends on
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// Keys for programs
    Key {
        #[command(subcommand)]
        action: KeyAction,
    },
    /// How the shop's pages look
    Theme {
        #[command(subcommand)]
        action: ThemeAction,
    },
    /// List every route with its permission
    Routes,
    /// List every permission with its roles
    Permissions {
        /// Print the page of the documentation instead, with every route
        #[arg(long)]
        page: bool,
    },
    /// Print the OpenAPI document
    Openapi,
}

#[derive(Debug, Subcommand)]
enum KeyAction {
    /// Make a key; it is shown once
    Create {
        /// What it may do: owner, operations, promotion, service, warehouse, members
        #[arg(long)]
        role: Role,
        /// What it is for
        #[arg(long)]
        name: String,
    },
}

#[derive(Debug, Subcommand)]
enum ThemeAction {
    /// Begin a theme in a folder that is not there yet, such as DATA-DIR/themes/NAME
    New {
        /// The folder
        folder: PathBuf,
    },
    /// List the templates that there are to replace, or print one of them
    Show {
        /// Its name, such as parts/price.html
        template: Option<String>,
        /// The theme of the program that it is from
        #[arg(long, default_value = platform::theme::BASE)]
        theme: String,
    },
    /// Show every page with every sample in every language; silent and 0 only when all of it holds
    Check {
        /// The theme's folder
        folder: PathBuf,
    },
}

impl ThemeAction {
    fn run(self) -> Result<(bool, Value)> {
        match self {
            Self::New { folder } => Ok((true, theme::new(&folder)?)),
            Self::Show { template, theme } => Ok((true, theme::show(&theme, template.as_deref())?)),
            Self::Check { folder } => theme::check(&folder),
        }
    }
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let filter = tracing_subscriber::EnvFilter::try_from_env("ZHANGGUI_LOG")
        .unwrap_or_else(|_| "info,tantivy=warn".into());
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            tracing::error!(%error, "no runtime");
            return ExitCode::FAILURE;
        }
    };
    let json = cli.json;
    let (ok, value) = match runtime.block_on(run(cli)) {
        Ok(outcome) => outcome,
        Err(error) => {
            tracing::error!("{error:#}");
            (false, json!({ "error": format!("{error:#}") }))
        }
    };
    print(&value, json);
    if ok {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

#[expect(clippy::print_stdout, reason = "the answer of a command")]
fn print(value: &Value, json: bool) {
    match value {
        Value::Null => {}
        _ if json => println!("{value}"),
        Value::Object(fields) => fields
            .iter()
            .for_each(|(name, value)| println!("{name}: {value}")),
        Value::Array(rows) => rows.iter().for_each(|row| match row {
            Value::String(text) => println!("{text}"),
            other => println!("{other}"),
        }),
        Value::String(text) => print!("{text}"),
        other => println!("{other}"),
    }
}

async fn run(cli: Cli) -> Result<(bool, Value)> {
    let mut config = Config::read(&cli.flags)?;
    #[cfg(debug_assertions)]
    if let Some(steps) = cli.planted_death {
        platform::db::faults::plant_death(steps);
    }
    match cli.command {
        Command::Restore { archive } => {
            return Ok((true, backup::restore(&config, &archive).await?));
        }
        Command::Demo { quiet, theme } => return demo(config, quiet, theme).await,
        Command::Permissions { page: false } => return Ok((true, list::permissions())),
        Command::Theme { action } => return action.run(),
        _ => {}
    }
    #[cfg(debug_assertions)]
    if let Command::Serve {
        planted_early_ack: true,
    } = cli.command
    {
        platform::db::faults::plant_early_ack();
    }
    if let Command::Serve { .. } = cli.command {
        let listener = serve::listen(&mut config).await?;
        let app = App::open(config).await?;
        serve::serve(&app, listener, serve::stop_signal()).await?;
        return Ok((true, Value::Null));
    }
    let app = App::open(config).await?;
    let value = match cli.command {
        Command::Init { email, name } => start::init(&app, &email, &name).await?,
        Command::Worker => worker(&app).await?,
        Command::Import {
            format,
            file,
            dry_run,
            rejects,
        } => import::run(&app, &format, file, dry_run, rejects.as_deref()).await?,
        Command::Export { what, file, format } => goods::export(&app, &what, format, file).await?,
        Command::Backup { archive } => backup::backup(&app, archive).await?,
        Command::Check => return check::run(&app).await,
        Command::Simulate {
            products,
            days,
            visitors_per_day,
            seed,
        } => {
            simulate::run(
                &app,
                simulate::Simulate {
                    products,
                    days,
                    visitors_per_day,
                    seed,
                    from: None,
                },
            )
            .await?
        }
        Command::Key {
            action: KeyAction::Create { role, name },
        } => key::create(&app, name, role).await?,
        Command::Routes => list::routes(&app),
        Command::Permissions { .. } => Value::String(list::page(&app)),
        Command::Openapi => list::openapi(&app),
        Command::Demo { .. }
        | Command::Serve { .. }
        | Command::Restore { .. }
        | Command::Theme { .. } => Value::Null,
    };
    Ok((true, value))
}

async fn worker(app: &App) -> Result<Value> {
    serve::worker(app, serve::stop_signal()).await?;
    Ok(Value::Null)
}

/// The demonstration: set up once, then served, with a trickle of shoppers unless they shall be quiet.
async fn demo(mut config: Config, quiet: bool, theme: Option<String>) -> Result<(bool, Value)> {
    start::claim(&config)?;
    let listener = serve::listen(&mut config).await?;
    let app = App::open(config).await?;
    let owner = start::demo(&app).await?;
    if let Some(theme) = theme {
        start::wear(&app, theme).await?;
    }
    // The link is for the person at the terminal; a log is kept, and read by others.
    if owner.get("invitation").is_some_and(Value::is_string) {
        print(&owner, false);
    }
    let stop = serve::stop_signal();
    let shoppers = async {
        if quiet {
            return;
        }
        let handlers = match app.handlers() {
            Ok(handlers) => handlers,
            Err(error) => {
                tracing::warn!(%error, "no shoppers today");
                return;
            }
        };
        let ctx = app.ctx.at(Clock::wall());
        if let Err(error) = simulation::trickle(&ctx, handlers, 7, stop.clone()).await {
            tracing::warn!(%error, "the shoppers went home");
        }
    };
    let (served, ()) = tokio::join!(serve::serve(&app, listener, stop.clone()), shoppers);
    served?;
    Ok((true, Value::Null))
}
