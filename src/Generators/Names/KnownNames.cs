namespace Prebake.Generators.Names;

/// <summary>The metadata names that the generator looks for.</summary>
internal static class KnownNames
{
    public const string Static = "Prebake.StaticAttribute";
    public const string Redirect = "Prebake.RedirectAttribute";
    public const string StaticFile = "Prebake.StaticFileAttribute";
    public const string StaticDirectory = "Prebake.StaticDirectoryAttribute";
    public const string File = "Prebake.FileAttribute";
    public const string Directory = "Prebake.DirectoryAttribute";
    public const string Mount = "Prebake.MountAttribute";
    public const string Provide = "Prebake.ProvideAttribute";
    public const string Provided = "Prebake.ProvidedAttribute";
    public const string Guard = "Prebake.GuardAttribute";
    public const string Open = "Prebake.OpenAttribute";
    public const string Part = "Prebake.Routing.PartAttribute";
    public const string PartRoute = "Prebake.Routing.PartRouteAttribute";

    public const string Before = "Prebake.BeforeAttribute";
    public const string After = "Prebake.AfterAttribute";
    public const string Around = "Prebake.AroundAttribute";
    public const string Use = "Prebake.UseAttribute";

    public const string Health = "Prebake.HealthAttribute";
    public const string Route = "Prebake.RouteAttribute";
    public const string Fetch = "Prebake.FetchAttribute";
    public const string Error = "Prebake.ErrorAttribute";
    public const string WebSocket = "Prebake.WebSocketAttribute";
    public const string WebSocketHandler = "Prebake.WebSocketHandler";
    public const string Server = "Prebake.Server";
    public const string Routes = "Prebake.RoutesAttribute";
    public const string Serve = "Prebake.ServeAttribute";
    public const string Header = "Prebake.HeaderAttribute";
    public const string Hsts = "Prebake.HstsAttribute";
    public const string SecurityHeaders = "Prebake.SecurityHeadersAttribute";
    public const string CacheControl = "Prebake.CacheControlAttribute";
    public const string Blocking = "Prebake.BlockingAttribute";
    public const string MaxBody = "Prebake.MaxBodyAttribute";
    public const string Deadline = "Prebake.DeadlineAttribute";
    public const string IdleTimeout = "Prebake.IdleTimeoutAttribute";
    public const string Query = "Prebake.QueryAttribute";
    public const string Cookie = "Prebake.CookieAttribute";
    public const string Form = "Prebake.FormAttribute";
    public const string Body = "Prebake.BodyAttribute";
    public const string UploadedFile = "Prebake.UploadedFile";
    public const string Parameters = "Prebake.ParametersAttribute";
    public const string Validate = "Prebake.ValidateAttribute";
    public const string Status = "Prebake.StatusAttribute";
    public const string HttpQuery = "Prebake.HttpQueryAttribute";
    public const string JsonSerializable = "System.Text.Json.Serialization.JsonSerializableAttribute";
    public const string JsonOptions = "System.Text.Json.Serialization.JsonSourceGenerationOptionsAttribute";
    public const string JsonContext = "System.Text.Json.Serialization.JsonSerializerContext";

    /// <summary>Of emitted types that belong to no app; the package's targets let its interceptors in.</summary>
    public const string GeneratedNamespace = "Prebake.Generated";

    public const string Flags = "System.FlagsAttribute";
    public const string RouteTable = "Prebake.RouteTable";

    /// <summary>Every attribute on a class that is a route or more.</summary>
    public static readonly string[] ClassAttributes = [Redirect, StaticFile, StaticDirectory, File, Directory, Health];

    /// <summary>Every attribute that makes a member a route, with the name that its step has in the tests.</summary>
    public static readonly string[] MemberAttributes =
    [
        Static, Fetch, Error, Route, Health, WebSocket,
        "Prebake.GetAttribute", "Prebake.PostAttribute", "Prebake.PutAttribute", "Prebake.PatchAttribute",
        "Prebake.DeleteAttribute", "Prebake.HeadAttribute", "Prebake.OptionsAttribute",
        HttpQuery,
    ];

    /// <summary>Every attribute that makes a method stand around handlers.</summary>
    public static readonly string[] StepAttributes = [Before, After, Around];

    public static bool IsMemberAttribute(string name) => name.StartsWith("Prebake.", StringComparison.Ordinal) && Array.IndexOf(MemberAttributes, name) >= 0;

    /// <summary><c>GET</c> of <c>Prebake.GetAttribute</c>.</summary>
    public static string MethodOf(string attribute) => attribute == HttpQuery ? "QUERY" :
        attribute.Substring("Prebake.".Length, attribute.Length - "Prebake.Attribute".Length).ToUpperInvariant();
}
