namespace Prebake.Conformance;

/// <summary>Files on disk; the folder is made by the tests.</summary>
[File("/one", DiskApp.Folder + "/numbers.txt", ContentType = "text/x-numbers"), File("/none", DiskApp.Folder + "/none.txt")]
[Directory("/disk", DiskApp.Folder), Directory("/dots", DiskApp.Folder, DotFiles = true), Directory("/moving", DiskApp.Moving)]
internal sealed partial class DiskApp
{
    public const string Folder = "disk-files", Moving = "moving-files/current";

    [Get("/handler")] private static Response Handler(string name) => Response.File(System.IO.Path.Combine(Folder, name));
    [Get("/async")] private static async Task<Response> Later() { await Task.Yield(); return Response.File(Folder + "/numbers.txt"); }
    [Get("/slice")] private static Response Slice(long from, long to) => Response.File(Folder + "/ten.txt").Slice(from, to);
    [Get("/status")] private static Response Status() => WithStatus(404);
    [Get("/nothing/{status}")] private static Response Nothing(int status) => WithStatus(status);
    [Get("/own")] private static Response Own()
    {
        Response response = Response.File(Folder + "/ten.txt", "a/b");
        response.Headers["ETag"] = "\"mine\"";
        response.Headers["X-Own"] = "1";
        return response;
    }

    [Get("/text")] private static string Text() => "text";

    private static Response WithStatus(int status)
    {
        Response response = Response.File(Folder + "/ten.txt");
        response.Status = status;
        return response;
    }
}

/// <summary>A page of one file: what is no file is its business.</summary>
[File("/optional", DiskApp.Folder + "/none.txt", Fallthrough = true), File("/there", DiskApp.Folder + "/ten.txt", Fallthrough = true)]
[Directory("/", DiskApp.Folder, Fallthrough = true)]
internal sealed partial class PageApp
{
    [Get("/api/{id}")] private static string Api(int id) => $"api {id}";
    [Fetch] private static async Task<Response> Page(Request request)
    {
        await Task.Yield();
        return new Response($"page {request.Method} {request.Path}");
    }
}
