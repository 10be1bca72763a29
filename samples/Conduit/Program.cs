// The RealWorld API over PostgreSQL: users and tokens, profiles, articles, comments, favorites, tags. App.cs is the
// whole of it on a page; Settings.cs says what can be set.
using Npgsql;
using Samples.Conduit;
using Samples.Conduit.Store;

try
{
    Settings settings = Settings.FromEnvironment();
    await using Database database = await Database.OpenAsync(settings.Database);
    var app = new App(database, new Tokens(settings.TokenKey), new Passwords(settings.PasswordRounds), settings);
    return await Serve.RunAsync(app, args);
}
catch (Exception error) when (error is NpgsqlException or FormatException or ArgumentException)
{
    Console.Error.WriteLine($"Conduit cannot start: {error.Message}");
    return 1;
}
